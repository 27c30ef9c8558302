/** The queues that have something to send and are in no request, in the order in which they became ready. */
import type { PartitionQueue } from '../outbox/index.js';

/**
 * An array, and a flag in each queue. A Set, which gets and loses a queue with each message, allocates a table in V8's
 * old space with every few of them, and each one can start a collection of the whole heap.
 */
export class ReadyQueues implements Iterable<PartitionQueue> {
  #queues: PartitionQueue[] = [];

  add(queue: PartitionQueue): void {
    if (queue.isReady) return;
    queue.isReady = true;
    this.#queues.push(queue);
  }

  /** Removes those that may be sent now, and those that may not leave at all; returns the first. They stay ready until `started`. */
  takeFree(now: number): PartitionQueue[] {
    const free: PartitionQueue[] = [];
    const queues = this.#queues;
    this.#queues = [];
    for (const queue of queues) {
      if (!queue.mayLeave()) queue.isReady = false;
      else if (queue.notBefore <= now) free.push(queue);
      else this.#queues.push(queue);
    }
    return free;
  }

  /** Requests are made of these queues: those that have something left are added again. */
  started(queues: readonly PartitionQueue[]): void {
    for (const queue of queues) queue.isReady = false;
  }

  clear(): void {
    this.#queues = [];
  }

  [Symbol.iterator](): Iterator<PartitionQueue> {
    return this.#queues[Symbol.iterator]();
  }
}
