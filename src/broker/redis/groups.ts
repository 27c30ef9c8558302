/** Consumer groups: created in the request with a stream's first entry, and again if the stream was deleted. */
import type { Redis } from 'ioredis';
import type { Outgoing } from '../driver.js';
import type { Transaction } from './transaction.js';

/**
 * Creates a group of a stream, and the stream if it does not exist. A group that exists stays as it is.
 * @param from - id after which a new group reads: `0` for all entries, `$` for new ones
 */
export async function createGroup(redis: Redis, topic: string, group: string, from: string): Promise<void> {
  try {
    await redis.xgroup('CREATE', topic, group, from, 'MKSTREAM');
  } catch (error) {
    if (!(error instanceof Error && error.message.startsWith('BUSYGROUP'))) throw error;
  }
}

export class StreamGroups {
  readonly #existing = new Set<string>();
  /** Streams whose group this user may not create: they are written to if they exist. */
  readonly #refused = new Set<string>();

  /** Forgets all groups: another connection may lead to another server. */
  reset(): void {
    this.#existing.clear();
    this.#refused.clear();
  }

  /**
   * Adds a command for each group that a batch needs and that may not exist. A new group reads the stream from its beginning. The
   * error that a group exists does not fail the batch.
   * @returns the streams with a command
   */
  addCommands(transaction: Transaction, batch: readonly Outgoing[]): string[] {
    const missing = new Map(batch.flatMap(({ topic, message: { consumerGroup } }) =>
      (consumerGroup === undefined || this.#existing.has(topic) || this.#refused.has(topic) ? [] : [[topic, consumerGroup]])));
    for (const [topic, group] of missing) transaction.add('XGROUP', 'CREATE', topic, group, '0', 'MKSTREAM');
    return [...missing.keys()];
  }

  /** Called when the groups of these streams exist. */
  created(topics: readonly string[]): void {
    for (const topic of topics) this.#existing.add(topic);
  }

  /** Called when a stream does not exist: the next request creates it, with its group. */
  streamRemoved(topic: string): void {
    this.#existing.delete(topic);
  }

  forget(topic: string): void {
    this.#existing.delete(topic);
    this.#refused.delete(topic);
  }

  /** Called when this user may not create groups: messages are written to the streams that exist. */
  creationRefused(batch: readonly Outgoing[]): void {
    for (const { topic, message: { consumerGroup } } of batch) if (consumerGroup !== undefined) this.#refused.add(topic);
  }

  /** Whether a right to create the group of this stream was missing. Forgets it, so that the next request tries again. */
  takeRefusal(topic: string): boolean {
    return this.#refused.delete(topic);
  }
}
