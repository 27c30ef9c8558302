/**
 * Kafka read without a consumer group, by the connections that rxcam writes with. Three other ways were tried. A consumer of
 * kafkajs with an assigner of one partition still has a group: it stays listed on the broker for days, and one that misses its
 * session continues at the end, silently. The cluster and broker objects inside kafkajs give up on a whole topic when one of its
 * partitions has no leader. The fetch of @platformatic/kafka waits and repeats by itself. A fetch and a search of
 * offsets are two small requests: protocol/ writes them, and reads their answers; kafkajs takes 80 µs a message for that, most
 * of it for headers.
 */
import { KafkaNodes, isStale, kindOf } from '../client/index.js';
import type { KafkaOptions } from '../options.js';
import { type LogEntry, type NewWire, type RawRequest, errorOf } from '../wire/index.js';
import { type Fetched, fetchRequest, inflate, offsetsRequest, readFetched, readOffsets } from './protocol/index.js';

/** The protocol's special times for the first and the next offset. */
export const LATEST = -1;
export const EARLIEST = -2;

/** Time that a fetch waits for a message; ms. */
const MAX_WAIT_MS = 1_000;

/** Options of a cluster, and its callbacks. */
export interface ClusterHooks {
  /** The client library, loaded. */
  newWire(): Promise<NewWire>;
  brokers(): Promise<string[]>;
  log(level: number, entry: LogEntry): void;
}

/** One fetch from the leader of some partitions. */
export interface FetchRequest {
  readonly leader: number;
  /** The first offset to read, by partition. */
  readonly from: ReadonlyMap<number, number>;
  readonly key: Buffer | undefined;
  /** Whether it is answered at once, with the existing messages. */
  readonly isQuick?: boolean;
}

export class FetchCluster {
  #nodes: KafkaNodes | undefined;
  #leaders: ReadonlyMap<number, number> = new Map();
  #isGone = false;

  constructor(readonly topic: string, readonly options: KafkaOptions, readonly hooks: ClusterHooks) {}

  async connect(): Promise<void> {
    const newWire = await this.hooks.newWire();
    // A fetch that waits for messages is not a request without an answer.
    const options = { ...this.options, requestTimeoutMs: this.options.requestTimeoutMs + MAX_WAIT_MS };
    const log = (level: number, entry: LogEntry) => { if (!this.#isGone) this.hooks.log(level, entry); };
    const paused = (ms: number) => { log(4, { message: `the broker's quota asks for a pause of ${ms} ms` }); };
    this.#nodes = new KafkaNodes(options, { newWire, log, paused }, () => this.hooks.brokers());
    this.#nodes.hold(true);
    if (this.#isGone) this.#nodes.destroy();
  }

  /** Closes synchronously: requests in progress fail, and no timer is left. */
  destroy(): void {
    this.#isGone = true;
    this.#nodes?.destroy();
  }

  /** The next request to this broker makes a new connection. */
  drop(leader: number): void {
    this.#nodes?.get(leader)?.drop();
  }

  /** The leader of each partition, below 0 for none; undefined while the topic does not exist. */
  async leaders(): Promise<ReadonlyMap<number, number> | undefined> {
    const nodes = this.#nodes as KafkaNodes;
    const { answer: { brokers, topicMetadata } } = await nodes.askAny('Metadata', { topics: [this.topic], allowAutoTopicCreation: false });
    nodes.learn(brokers);
    const found = topicMetadata.find(({ topic }) => topic === this.topic);
    const error = errorOf(found?.topicErrorCode ?? 0);
    if (error !== undefined && !isStale(error)) throw error;
    const partitions = found?.partitionMetadata ?? [];
    if (partitions.length === 0 && kindOf(error) === 'LEADER_NOT_AVAILABLE') throw error as Error;
    if (partitions.length === 0) return undefined;
    return this.#leaders = new Map(partitions.map(({ partitionId, leader }) => [partitionId, nodes.get(leader) === undefined ? -1 : leader]));
  }

  /** Partitions that have a leader, as the last look found it. */
  led(partitions: readonly number[]): number[] {
    return partitions.filter((partition) => (this.#leaders.get(partition) ?? -1) >= 0);
  }

  leaderOf(partition: number): number {
    return this.#leaders.get(partition) ?? -1;
  }

  /** The first offset at or after a time (or EARLIEST, or LATEST) in each partition; that of LATEST if no message is so late. */
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
    const late = partitions.filter((partition) => (found.get(partition) ?? -1) < 0);
    if (time === LATEST || late.length === 0) return found;
    return new Map([...found, ...await this.offsets(late, LATEST)]);
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
