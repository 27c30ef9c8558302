/** Consumer groups: created in the request with a stream's first entry, and again if the stream is gone. */
import type { Redis } from 'ioredis';
import type { Outgoing } from '../driver.js';
import type { Transaction } from './transaction.js';

export class StreamGroups {
  readonly #made = new Set<string>();
  /** Streams whose group this user may not create: they are written to if they exist. */
  readonly #refused = new Set<string>();

  /** Forgets all: another connection may lead to another server. */
  reset(): void {
    this.#made.clear();
    this.#refused.clear();
  }

  /**
   * Adds a command for each group that a batch needs: a group reads the stream from its beginning. The answer that a
   * group exists does not fail the batch.
   * @returns the streams that get one
   */
  make(transaction: Transaction, batch: readonly Outgoing[]): string[] {
    const wanted = new Map(batch.flatMap(({ topic, message: { consumerGroup } }) =>
      (consumerGroup === undefined || this.#made.has(topic) || this.#refused.has(topic) ? [] : [[topic, consumerGroup]])));
    for (const [topic, group] of wanted) transaction.add('XGROUP', 'CREATE', topic, group, '0', 'MKSTREAM');
    return [...wanted.keys()];
  }

  /** Creates the group of a stream, and the stream, without an entry. */
  async makeNow(redis: Redis, topic: string, group: string): Promise<void> {
    try {
      await redis.xgroup('CREATE', topic, group, '0', 'MKSTREAM');
    } catch (error) {
      if (!(error instanceof Error && error.message.startsWith('BUSYGROUP'))) throw error;
    }
  }

  /** The groups of these streams exist. */
  made(topics: readonly string[]): void {
    for (const topic of topics) this.#made.add(topic);
  }

  /** The stream does not exist: the next request creates it, with its group. */
  gone(topic: string): void {
    this.#made.delete(topic);
  }

  forget(topic: string): void {
    this.#made.delete(topic);
    this.#refused.delete(topic);
  }

  /** This user may not create groups; they may exist anyway. */
  refuse(batch: readonly Outgoing[]): void {
    for (const { topic, message: { consumerGroup } } of batch) if (consumerGroup !== undefined) this.#refused.add(topic);
  }

  /** Whether the group of a stream could not be created because a right is missing; the next request tries again. */
  wasRefused(topic: string): boolean {
    return this.#refused.delete(topic);
  }
}
