/**
 * Reads Kafka without a consumer group, with the connections that rxcam uses for writing. Three other ways were tried. A consumer of
 * kafkajs that assigns itself one partition still has a group: the broker lists it for days, and a consumer that misses its session
 * continues at the end of the topic, without a report. The cluster and broker objects inside kafkajs give up on a whole topic when
 * one of its partitions has no leader. The fetch of @platformatic/kafka waits and retries by itself. A fetch and a search for offsets
 * are two small requests: protocol/ encodes them and decodes their answers. kafkajs needs 80 µs per message for that, most of it for
 * headers.
 */
import { KafkaNodes, isStale, errorName } from '../client/index.js';
import type { KafkaOptions } from '../options.js';
import { type LogEntry, type NewWire, type RawRequest, errorOf } from '../wire/index.js';
import { type Fetched, fetchRequest, inflate, offsetsRequest, readFetched, readOffsets } from './protocol/index.js';

/** The protocol's special times: EARLIEST for the first offset, LATEST for that of the next message. */
export const LATEST = -1;
export const EARLIEST = -2;

/** Longest time that a fetch waits for a message; ms. */
const MAX_WAIT_MS = 1_000;

/** Options of a cluster, and its callbacks. */
export interface ClusterHooks {
  /** Loads the client library. */
  newWire(): Promise<NewWire>;
  /** Returns the brokers that are asked first, as `host:port`. */
  brokers(): Promise<string[]>;
  log(level: number, entry: LogEntry): void;
}

/** One fetch from the leader of some partitions. */
export interface FetchRequest {
  readonly leader: number;
  /** The first offset to read, by partition. */
  readonly from: ReadonlyMap<number, number>;
  /** Only messages with this key; undefined for all. */
  readonly key: Buffer | undefined;
  /** Whether the broker answers at once with the existing messages, even if there are none. */
  readonly isQuick?: boolean;
}

export class FetchCluster {
  #nodes: KafkaNodes | undefined;
  #leaders: ReadonlyMap<number, number> = new Map();
  #isDestroyed = false;

  constructor(readonly topic: string, readonly options: KafkaOptions, readonly hooks: ClusterHooks) {}

  async connect(): Promise<void> {
    const newWire = await this.hooks.newWire();
    // The broker answers a fetch only after its wait for messages.
    const options = { ...this.options, requestTimeoutMs: this.options.requestTimeoutMs + MAX_WAIT_MS };
    const log = (level: number, entry: LogEntry) => { if (!this.#isDestroyed) this.hooks.log(level, entry); };
    const paused = (ms: number) => { log(4, { message: `the broker's quota requires a pause of ${ms} ms` }); };
    this.#nodes = new KafkaNodes(options, { newWire, log, paused }, () => this.hooks.brokers());
    this.#nodes.hold(true);
    if (this.#isDestroyed) this.#nodes.destroy();
  }

  /** Closes synchronously: requests in progress fail, and no timer is left. */
  destroy(): void {
    this.#isDestroyed = true;
    this.#nodes?.destroy();
  }

  /** Closes the connection to this broker; the next request opens another. */
  drop(leader: number): void {
    this.#nodes?.get(leader)?.drop();
  }

  /** Looks up the leader of each partition, negative for none; undefined if the topic does not exist. */
  async leaders(): Promise<ReadonlyMap<number, number> | undefined> {
    const nodes = this.#nodes as KafkaNodes;
    const { answer: { brokers, topicMetadata } } = await nodes.askAny('Metadata', { topics: [this.topic], allowAutoTopicCreation: false });
    nodes.update(brokers);
    const found = topicMetadata.find(({ topic }) => topic === this.topic);
    const error = errorOf(found?.topicErrorCode ?? 0);
    if (error !== undefined && !isStale(error)) throw error;
    const partitions = found?.partitionMetadata ?? [];
    if (partitions.length === 0 && errorName(error) === 'LEADER_NOT_AVAILABLE') throw error as Error;
    if (partitions.length === 0) return undefined;
    return this.#leaders = new Map(partitions.map(({ partitionId, leader }) => [partitionId, nodes.get(leader) === undefined ? -1 : leader]));
  }

  /** Those of the partitions that have a leader, by the last look-up. */
  withLeader(partitions: readonly number[]): number[] {
    return partitions.filter((partition) => (this.#leaders.get(partition) ?? -1) >= 0);
  }

  leaderOf(partition: number): number {
    return this.#leaders.get(partition) ?? -1;
  }

  /** The first offset at or after a time (or EARLIEST, or LATEST) in each partition; that of LATEST if there is no such message. */
  async offsets(partitions: readonly number[], time: number): Promise<Map<number, number>> {
    const byLeader = [...new Set(partitions.map((partition) => this.leaderOf(partition)))];
    const answers = await Promise.all(byLeader.map((leader) => this.#ask(leader, offsetsRequest(
      this.topic, partitions.filter((partition) => this.leaderOf(partition) === leader), time))));
    const found = new Map<number, number>();
    for (const { partition, errorCode, offset } of answers.flatMap(({ payload }) => readOffsets(payload))) {
      const error = errorOf(errorCode);
      if (error !== undefined) throw error;
      found.set(partition, offset);
    }
    const withoutMessage = partitions.filter((partition) => (found.get(partition) ?? -1) < 0);
    if (time === LATEST || withoutMessage.length === 0) return found;
    return new Map([...found, ...await this.offsets(withoutMessage, LATEST)]);
  }

  async fetch({ leader, from, key, isQuick = false }: FetchRequest): Promise<Fetched[]> {
    const { payload } = await this.#ask(leader, fetchRequest(this.topic, from, isQuick ? 0 : MAX_WAIT_MS));
    const { throttleMs, fetched } = await readFetched(payload, { topic: this.topic, from, key, inflate });
    if (throttleMs > 0) this.#nodes?.get(leader)?.pause(throttleMs);
    return fetched;
  }

  async #ask(leader: number, request: RawRequest): Promise<{ readonly payload: Buffer }> {
    const node = this.#nodes?.get(leader);
    if (node === undefined) throw new Error(`broker ${leader} is no longer known`);
    return node.ask('Raw', request);
  }
}
