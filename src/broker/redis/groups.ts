/** Consumer groups: made in the request that brings a stream's first entry, and again if the stream is gone. */
import type { Redis } from 'ioredis';
import type { Outgoing } from '../driver.js';
import type { Transaction } from './transaction.js';

export class StreamGroups {
  readonly #made = new Set<string>();
  /** Streams whose group this user may not make: they are written to where they are there. */
  readonly #refused = new Set<string>();

  /** Another connection may lead to another server. */
  reset(): void {
    this.#made.clear();
    this.#refused.clear();
  }

  /**
   * Adds a command for each group that a batch needs: a group reads the stream from its beginning. One that is there
   * already is an answer of its own, and no failure of the batch.
   * @returns the streams that get one
   */
  make(transaction: Transaction, batch: readonly Outgoing[]): string[] {
    const wanted = new Map(batch.flatMap(({ topic, message: { consumerGroup } }) =>
      (consumerGroup === undefined || this.#made.has(topic) || this.#refused.has(topic) ? [] : [[topic, consumerGroup]])));
    for (const [topic, group] of wanted) transaction.add('XGROUP', 'CREATE', topic, group, '0', 'MKSTREAM');
    return [...wanted.keys()];
  }

  /** Makes the group of a stream, and the stream, before there is an entry. */
  async makeNow(redis: Redis, topic: string, group: string): Promise<void> {
    try {
      await redis.xgroup('CREATE', topic, group, '0', 'MKSTREAM');
    } catch (error) {
      if (!(error instanceof Error && error.message.startsWith('BUSYGROUP'))) throw error;
    }
  }

  /** The request was carried out. */
  made(topics: readonly string[]): void {
    for (const topic of topics) this.#made.add(topic);
  }

  /** The stream was not there: the next request makes it, with its group. */
  gone(topic: string): void {
    this.#made.delete(topic);
  }

  forget(topic: string): void {
    this.#made.delete(topic);
    this.#refused.delete(topic);
  }

  /** This user may make no groups: somebody else may have. */
  refuse(batch: readonly Outgoing[]): void {
    for (const { topic, message: { consumerGroup } } of batch) if (consumerGroup !== undefined) this.#refused.add(topic);
  }

  /** Whether the group of a stream could not be created because a right is missing; the next request tries again. */
  wasRefused(topic: string): boolean {
    return this.#refused.delete(topic);
  }
}
