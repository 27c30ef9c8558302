/** The position of a reading of Kafka: for each partition the next offset, the end, and the number of messages that were removed unread. */
import { InvalidOption } from '../../../core/errors/errors.js';
import type { Received } from '../../../message/index.js';
import { type FetchCluster, EARLIEST, LATEST } from './cluster.js';
import { lastOffsets } from './last-offsets.js';
import { markExpired, positionTime } from '../../reading/index.js';
import type { ReadRequest } from '../../reader.js';
import type { Fetched } from './protocol/index.js';

interface PartitionPosition {
  next: number;
  /** The first offset that does not belong to the reading. */
  end: number;
  /** Timestamp of the last message read; undefined before the first. */
  time: number | undefined;
  /** Messages that were removed before they could be read, not reported yet. */
  expired: number;
}

/** Largest difference between the clocks of this machine and of a producer; ms. */
const MAX_CLOCK_DIFFERENCE_MS = 5_000;

/** The start of a partition that has no position yet. */
type Start = { readonly time: number } | { readonly offset: number };

export class KafkaPositions {
  readonly #positions = new Map<number, PartitionPosition>();
  /** The start of each partition that is read, even if it has no leader. */
  readonly #starts = new Map<number, Start>();
  /** Partitions of the key, one for each number of partitions that the topic has had during the reading. */
  readonly #keyPartitions = new Set<number>();
  /** Number of the topic's partitions at the last look-up; undefined before the first. */
  #partitionCount: number | undefined;
  /** Wall clock of the last look-up, in ms. */
  #lookedUpAt = 0;
  /** Whether the topic did not exist when the reading began: all of its messages are new. */
  #wasMissing = false;
  /** Time at which the reading ends, in ms since 1970, if that was in the future; otherwise Infinity. */
  #untilMs = Infinity;

  constructor(readonly request: ReadRequest, readonly key: Buffer | undefined) {}

  /** Called if the topic does not exist; returns whether the reading ends for that reason. */
  endsWithoutTopic(): boolean {
    this.#wasMissing ||= this.#partitionCount === undefined;
    const { to } = this.request;
    const until = positionTime(to);
    return to === 'latest' || (until !== undefined && until <= Date.now());
  }

  /** Adds the partition of the key's new messages; returns all partitions of the key. */
  addKeyPartition(partition: number): readonly number[] {
    return [...this.#keyPartitions.add(partition)];
  }

  /**
   * Called when the topic has been looked up: determines the start of each new partition.
   * @param partitions - those that are read
   * @param count - number of all partitions of the topic
   */
  async noteTopic(cluster: FetchCluster, partitions: readonly number[], count: number): Promise<void> {
    const fresh = partitions.filter((partition) => !this.#starts.has(partition));
    const starts = this.#partitionCount === undefined ? await this.#firstStarts(cluster, fresh) : this.#laterStarts(fresh, this.#partitionCount);
    for (const [partition, start] of starts) this.#starts.set(partition, start);
    this.#partitionCount = count;
    this.#lookedUpAt = Date.now();
  }

  /** Finds the position in each new partition. */
  async locate(cluster: FetchCluster, partitions: readonly number[]): Promise<void> {
    const fresh = partitions.filter((partition) => !this.#positions.has(partition));
    if (fresh.length === 0) return;
    const begins = await this.#begins(cluster, fresh);
    const ends = await this.#ends(cluster, fresh);
    for (const partition of fresh) {
      this.#positions.set(partition, { next: begins.get(partition) ?? 0, end: ends.get(partition) ?? Infinity, time: undefined, expired: 0 });
    }
  }

  /** Whether all of these partitions are located and at their end. */
  areDone(partitions: readonly number[]): boolean {
    return partitions.every((partition) => this.#positions.has(partition)) && this.open(partitions).size === 0;
  }

  /** Partitions that are not at their end, with the next offset of each. */
  open(partitions: readonly number[]): Map<number, number> {
    return new Map(partitions.flatMap((partition) => {
      const position = this.#positions.get(partition);
      return position === undefined || position.next >= position.end ? [] : [[partition, position.next] as const];
    }));
  }

  /** Returns the messages of an answer that belong to the reading. */
  take({ partition, next, highWatermark, messages }: Fetched): readonly Received[] {
    const position = this.#positions.get(partition) as PartitionPosition;
    position.next = Math.max(position.next, next ?? 0);
    // The partition is read to its end, and no later message can have an earlier time.
    if (position.next >= highWatermark && Date.now() > this.#untilMs) position.end = position.next;
    const last = messages.at(-1);
    if (last === undefined) return messages;
    position.time = last.timestamp;
    const own = messages.filter(({ offset, timestamp }) => Number(offset) < position.end && timestamp <= this.#untilMs);
    if (own.length < messages.length) position.end = Math.min(position.end, position.next);
    const delivered = markExpired(own, position.expired);
    if (delivered !== own) position.expired = 0;
    return delivered;
  }

  /**
   * Called if the offset is not in the partition: its messages were removed, or the topic was deleted and created again.
   * @returns whether reading continues at another offset
   */
  async relocate(cluster: FetchCluster, partition: number): Promise<boolean> {
    const position = this.#positions.get(partition) as PartitionPosition;
    const before = position.next;
    const low = (await cluster.offsets([partition], EARLIEST)).get(partition) ?? 0;
    const high = (await cluster.offsets([partition], LATEST)).get(partition) ?? 0;
    if (position.next < low) {
      if (position.time !== undefined || isOffset(this.request.from)) position.expired += low - position.next;
      position.next = low;
    } else if (position.next > high) {
      position.next = position.time === undefined ? low : (await cluster.offsets([partition], position.time)).get(partition) ?? low;
    }
    return position.next !== before;
  }

  async #firstStarts(cluster: FetchCluster, partitions: readonly number[]): Promise<ReadonlyMap<number, Start>> {
    const { topic, from } = this.request;
    if (isOffset(from)) {
      if (partitions.length > 1) {
        throw new InvalidOption(`subscribe: option 'from': an offset given, topic '${topic}' has ${partitions.length} partitions; `
          + "expected one of them in 'partitions', or a key");
      }
      return new Map(partitions.map((partition) => [partition, { offset: Number(from.offset) }]));
    }
    const time = positionTime(from) ?? (from === 'earliest' || this.#wasMissing ? EARLIEST : LATEST);
    const last = typeof from === 'object' && 'last' in from
      ? await lastOffsets(cluster, { key: this.key, partitions: cluster.withLeader(partitions), count: from.last }) : new Map<number, number>();
    return new Map(partitions.map((partition) => {
      const offset = last.get(partition);
      return [partition, offset === undefined ? { time } : { offset }];
    }));
  }

  /**
   * The starts of partitions that are found during the reading. A new partition is read from its beginning. If the topic has grown, the
   * key's messages may also move to a partition that existed: it is read from the time of the last look-up.
   */
  #laterStarts(partitions: readonly number[], known: number): ReadonlyMap<number, Start> {
    const since = this.#lookedUpAt - MAX_CLOCK_DIFFERENCE_MS;
    return new Map(partitions.map((partition) => [partition, { time: partition < known ? since : EARLIEST }]));
  }

  async #begins(cluster: FetchCluster, partitions: readonly number[]): Promise<ReadonlyMap<number, number>> {
    const begins = new Map<number, number>();
    const byTime = new Map<number, number[]>();
    for (const partition of partitions) {
      const start = this.#starts.get(partition) ?? { time: EARLIEST };
      if ('offset' in start) begins.set(partition, start.offset);
      else byTime.set(start.time, [...byTime.get(start.time) ?? [], partition]);
    }
    for (const [time, list] of byTime) for (const [partition, offset] of await cluster.offsets(list, time)) begins.set(partition, offset);
    return begins;
  }

  async #ends(cluster: FetchCluster, partitions: readonly number[]): Promise<ReadonlyMap<number, number>> {
    const { to } = this.request;
    if (to === undefined) return new Map();
    if (to === 'latest') return cluster.offsets(partitions, LATEST);
    if (isOffset(to)) return new Map(partitions.map((partition) => [partition, Number(to.offset) + 1]));
    const until = positionTime(to) ?? Infinity;
    if (until >= Date.now()) {
      this.#untilMs = until;
      return new Map();
    }
    return cluster.offsets(partitions, until + 1);
  }
}

function isOffset(position: unknown): position is { readonly offset: number | string } {
  return typeof position === 'object' && position !== null && 'offset' in position;
}
