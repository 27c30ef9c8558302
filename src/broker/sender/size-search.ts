/** Finds a message that is too large: each queue that was refused for its size sends half as much, in separate requests. */
import { wireSizeOf } from './batch.js';
import type { Entry, PartitionQueue } from '../outbox/index.js';

export class SizeSearch {
  readonly #queues = new Set<PartitionQueue>();

  /** Called when the broker has refused these messages for their size, perhaps because of others in the request. */
  narrow(queue: PartitionQueue, entries: readonly Entry[]): void {
    queue.isSearched = true;
    if (entries.length > 1) queue.maxRequestBytes = Math.max(1, Math.floor(wireSizeOf(entries) / 2));
    this.#queues.add(queue);
  }

  /** Called when the message is found: restores the limits of this topic's queues. A limit that no single message explains stays. */
  found(topic: string): void {
    for (const queue of this.#queues) {
      if (queue.topic !== topic) continue;
      queue.restore();
      this.#queues.delete(queue);
    }
  }
}
