/** The queues that have messages to send and are in no request, in the order in which they became ready. */
import type { PartitionQueue } from '../outbox/index.js';

/**
 * An array, and a flag in each queue. A Set to which a queue is added and removed with each message allocates a table in V8's
 * old space every few messages, and each table can start a collection of the whole heap.
 */
export class ReadyQueues implements Iterable<PartitionQueue> {
  #queues: PartitionQueue[] = [];

  add(queue: PartitionQueue): void {
    if (queue.isReady) return;
    queue.isReady = true;
    this.#queues.push(queue);
  }

  /** Removes and returns the queues that may be sent now; they keep their flag until `started`. Also removes those whose fence is not open. */
  takeDue(now: number): PartitionQueue[] {
    const due: PartitionQueue[] = [];
    const queues = this.#queues;
    this.#queues = [];
    for (const queue of queues) {
      if (!queue.mayLeave()) queue.isReady = false;
      else if (queue.notBefore <= now) due.push(queue);
      else this.#queues.push(queue);
    }
    return due;
  }

  /** Called when requests are made of these queues: a queue with more messages may be added again. */
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
