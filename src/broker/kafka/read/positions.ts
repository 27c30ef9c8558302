/** The position of a reading of Kafka: for each partition the next offset, the end, and the number of messages removed unread. */
import { InvalidOption } from '../../../core/errors/errors.js';
import type { Received } from '../../../message/index.js';
import { type FetchCluster, EARLIEST, LATEST } from './cluster.js';
import { lastOffsets } from './last-offsets.js';
import { markExpired, positionTime } from '../../reading/index.js';
import type { ReadRequest } from '../../reader.js';
import type { Fetched } from './protocol/index.js';

interface Place {
  next: number;
  /** The first offset that does not belong to the reading. */
  end: number;
  /** Time of the last message; undefined before the first. */
  time: number | undefined;
  /** Messages removed before they could be read, not reported yet. */
  expired: number;
}

/** Largest age of the last look at the topic when a new partition is found; ms. */
const CLOCKS_DIFFER_MS = 5_000;

/** The start of a partition that has no position yet. */
type Start = { readonly time: number } | { readonly offset: number };

export class KafkaPositions {
  readonly #places = new Map<number, Place>();
  /** The start of each partition that is read, whether its leader is available or not. */
  readonly #starts = new Map<number, Start>();
  /** Partitions of the key, for each number of partitions that the topic has had meanwhile. */
  readonly #ofKey = new Set<number>();
  /** Number of partitions at the last look; undefined before the first. */
  #known: number | undefined;
  #lookedAt = 0;
  /** Whether the topic did not exist when the reading began: then all of its messages are new. */
  #isLate = false;
  /** Time at which the reading ends, if that is in the future. */
  #untilMs = Infinity;

  constructor(readonly request: ReadRequest, readonly key: Buffer | undefined) {}

  /** Called if the topic does not exist. @returns whether the reading ends because of that */
  isMissingTheEnd(): boolean {
    this.#isLate ||= this.#known === undefined;
    const { to } = this.request;
    const until = positionTime(to);
    return to === 'latest' || (until !== undefined && until <= Date.now());
  }

  /** Adds the partition of the key's new messages. */
  withKeys(partition: number): readonly number[] {
    return [...this.#ofKey.add(partition)];
  }

  /**
   * Called when the topic was looked up: gives each new partition its start.
   * @param partitions - those that are read
   * @param count - of all partitions
   */
  async look(cluster: FetchCluster, partitions: readonly number[], count: number): Promise<void> {
    const fresh = partitions.filter((partition) => !this.#starts.has(partition));
    const starts = this.#known === undefined ? await this.#firstStarts(cluster, fresh) : this.#laterStarts(fresh, this.#known);
    for (const [partition, start] of starts) this.#starts.set(partition, start);
    this.#known = count;
    this.#lookedAt = Date.now();
  }

  /** Finds the position in each new partition. */
  async locate(cluster: FetchCluster, partitions: readonly number[]): Promise<void> {
    const fresh = partitions.filter((partition) => !this.#places.has(partition));
    if (fresh.length === 0) return;
    const begins = await this.#begins(cluster, fresh);
    const ends = await this.#ends(cluster, fresh);
    for (const partition of fresh) {
      this.#places.set(partition, { next: begins.get(partition) ?? 0, end: ends.get(partition) ?? Infinity, time: undefined, expired: 0 });
    }
  }

  areDone(partitions: readonly number[]): boolean {
    return partitions.every((partition) => this.#places.has(partition)) && this.open(partitions).size === 0;
  }

  /** Partitions that are not at their end, with the next offset of each. */
  open(partitions: readonly number[]): Map<number, number> {
    return new Map(partitions.flatMap((partition) => {
      const place = this.#places.get(partition);
      return place === undefined || place.next >= place.end ? [] : [[partition, place.next] as const];
    }));
  }

  /** Returns the messages of an answer that belong to the reading. */
  take({ partition, next, highWatermark, messages }: Fetched): readonly Received[] {
    const place = this.#places.get(partition) as Place;
    place.next = Math.max(place.next, next ?? 0);
    // After that time, no message can have an earlier time.
    if (place.next >= highWatermark && Date.now() > this.#untilMs) place.end = place.next;
    const last = messages.at(-1);
    if (last === undefined) return messages;
    place.time = last.timestamp;
    const own = messages.filter(({ offset, timestamp }) => Number(offset) < place.end && timestamp <= this.#untilMs);
    if (own.length < messages.length) place.end = Math.min(place.end, place.next);
    const delivered = markExpired(own, place.expired);
    if (delivered !== own) place.expired = 0;
    return delivered;
  }

  /**
   * The offset is not in the partition: its messages were removed, or the topic was deleted and created again.
   * @returns whether it is read elsewhere now
   */
  async relocate(cluster: FetchCluster, partition: number): Promise<boolean> {
    const place = this.#places.get(partition) as Place;
    const before = place.next;
    const low = (await cluster.offsets([partition], EARLIEST)).get(partition) ?? 0;
    const high = (await cluster.offsets([partition], LATEST)).get(partition) ?? 0;
    if (place.next < low) {
      if (place.time !== undefined || isOffset(this.request.from)) place.expired += low - place.next;
      place.next = low;
    } else if (place.next > high) {
      place.next = place.time === undefined ? low : (await cluster.offsets([partition], place.time)).get(partition) ?? low;
    }
    return place.next !== before;
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
    const time = positionTime(from) ?? (from === 'earliest' || this.#isLate ? EARLIEST : LATEST);
    const last = typeof from === 'object' && 'last' in from
      ? await lastOffsets(cluster, { key: this.key, partitions: cluster.led(partitions), count: from.last }) : new Map<number, number>();
    return new Map(partitions.map((partition) => {
      const offset = last.get(partition);
      return [partition, offset === undefined ? { time } : { offset }];
    }));
  }

  /** A new partition is read from its start; if the topic grows, the key's messages may also move to an older partition. */
  #laterStarts(partitions: readonly number[], known: number): ReadonlyMap<number, Start> {
    const since = this.#lookedAt - CLOCKS_DIFFER_MS;
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

function isOffset(place: unknown): place is { readonly offset: number | string } {
  return typeof place === 'object' && place !== null && 'offset' in place;
}
