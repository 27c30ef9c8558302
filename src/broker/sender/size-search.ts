/** Finds the message that is too large: the lanes that were refused for their size send half as much, and alone. */
import { sizeOf } from './batch.js';
import type { Entry, Lane } from '../outbox/index.js';

export class SizeSearch {
  readonly #lanes = new Set<Lane>();

  /** The broker refused these together with what else was in the request. */
  narrow(lane: Lane, entries: readonly Entry[]): void {
    lane.isSearched = true;
    if (entries.length > 1) lane.maxRequestBytes = Math.max(1, Math.floor(sizeOf(entries) / 2));
    this.#lanes.add(lane);
  }

  /** The one that was too large is found. A limit that no single message explains stays. */
  found(topic: string): void {
    for (const lane of this.#lanes) {
      if (lane.topic !== topic) continue;
      lane.restore();
      this.#lanes.delete(lane);
    }
  }
}
