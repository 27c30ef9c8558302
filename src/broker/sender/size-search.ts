/** Finds the message that is too large: the queues that were refused for their size send half as much, and alone. */
import { wireSizeOf } from './batch.js';
import type { Entry, PartitionQueue } from '../outbox/index.js';

export class SizeSearch {
  readonly #queues = new Set<PartitionQueue>();

  /** The broker refused these together with others in the request. */
  narrow(queue: PartitionQueue, entries: readonly Entry[]): void {
    queue.isSearched = true;
    if (entries.length > 1) queue.maxRequestBytes = Math.max(1, Math.floor(wireSizeOf(entries) / 2));
    this.#queues.add(queue);
  }

  /** Restores the queues of this topic: the message is found. A limit that no single message explains stays. */
  found(topic: string): void {
    for (const queue of this.#queues) {
      if (queue.topic !== topic) continue;
      queue.restore();
      this.#queues.delete(queue);
    }
  }
}
