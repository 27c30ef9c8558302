/** Consumer groups: made in the request that brings the first entry, and again where the stream is gone. Entries count from its beginning. */
import type { ChainableCommander } from 'ioredis';
import type { Outgoing } from './driver.js';

export class StreamGroups {
  readonly #made = new Set<string>();

  /** Another connection may lead to another server. */
  reset(): void {
    this.#made.clear();
  }

  /** Adds the commands that make what the batch needs; a group that is there already is an answer, and no failure. */
  make(multi: ChainableCommander, batch: readonly Outgoing[]): number {
    let commands = 0;
    for (const { topic, message: { consumerGroup } } of batch) {
      if (consumerGroup === undefined || this.#made.has(topic)) continue;
      multi.xgroup('CREATE', topic, consumerGroup, '0', 'MKSTREAM');
      this.#made.add(topic);
      commands++;
    }
    return commands;
  }

  /** The stream was not there: the next request makes it, with its group. */
  gone(topic: string): void {
    this.#made.delete(topic);
  }
}
