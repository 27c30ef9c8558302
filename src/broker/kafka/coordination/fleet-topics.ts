/** The topics of a fleet: creates missing ones, and writes to the leader of each partition. */
import { setTimeout as wait } from 'node:timers/promises';
import type { CameraMessage } from '../../../core/frame/frame.js';
import type { FleetPlace, Row } from '../../../core/engine/coordination.js';
import { KafkaNodes, type NodeHooks, creationErrors, isStale, errorName, leadersOf } from '../client/index.js';
import type { KafkaOptions } from '../options.js';
import { type KafkaRecord, type NewTopic, errorOf } from '../wire/index.js';

/** Time limit for a new topic to have leaders; ms. */
const LEADERS_WITHIN_MS = 10_000;
const POLL_MS = 50;
/** Attempts to write to a leader that is not ready or has changed, and the wait between two of them. */
const STALE_ATTEMPTS = 20;
const STALE_WAIT_MS = 100;
const NO_BYTES = Buffer.alloc(0);

/** The offset of the first row in each partition that was written to, and the error of a partition that was not. */
export interface Appended { readonly offsets: ReadonlyMap<number, number>; readonly error: Error | undefined }

export class KafkaLog {
  readonly claims: string;
  readonly cameras: string;
  readonly status: string;
  #nodes: KafkaNodes;
  /** The id of the broker that leads each partition, by topic. */
  readonly #leaders = new Map<string, readonly number[]>();
  #ready: Promise<void> | undefined;
  #inFlight = 0;

  constructor(
    readonly place: FleetPlace, readonly options: KafkaOptions, readonly hooks: NodeHooks, readonly seeds: () => Promise<readonly string[]>,
  ) {
    this.claims = `${place.name}.claims`;
    this.cameras = `${place.name}.cameras`;
    this.status = `${place.name}.status`;
    this.#nodes = new KafkaNodes(options, hooks, seeds);
  }

  /** Number of slots of the fleet, which is the number of partitions of the topic of claims; 0 until it is known. */
  get slots(): number { return this.#leaders.get(this.claims)?.length ?? 0; }

  /** Id of the broker that leads a partition; -1 for none. */
  leaderOf(topic: string, partition: number): number {
    return this.#leaders.get(topic)?.[partition] ?? -1;
  }

  /** Resolves when all topics exist and have leaders. */
  ready(): Promise<void> {
    return this.#ready ??= this.#whileHeld(() => this.#prepare()).catch((error: unknown) => {
      this.#ready = undefined;
      throw error;
    });
  }

  /** Looks the leaders up again; resolves with the topics that do not exist. */
  async refresh(): Promise<readonly string[]> {
    const topics = [this.claims, this.cameras, this.status];
    const { answer } = await this.#metadata(topics);
    this.#nodes.update(answer.brokers);
    const missing: string[] = [];
    for (const topic of topics) {
      const found = answer.topicMetadata.find((one) => one.topic === topic);
      const error = errorOf(found?.topicErrorCode ?? 0);
      if (error !== undefined && errorName(error) !== 'UNKNOWN_TOPIC_OR_PARTITION') throw error;
      if (found === undefined || found.partitionMetadata.length === 0) missing.push(topic);
      else this.#leaders.set(topic, leadersOf(found.partitionMetadata));
    }
    return missing;
  }

  /** Writes rows to one partition; resolves with the offset of the first. */
  async append(topic: string, partition: number, rows: readonly Row[]): Promise<number> {
    await this.ready();
    const { offsets, error } = await this.appendTo(topic, new Map([[partition, rows]]));
    if (error !== undefined) throw error;
    return offsets.get(partition) ?? -1;
  }

  /** Writes rows to partitions that one broker leads. Retries for about two seconds if the leader is not ready. */
  appendTo(topic: string, rows: ReadonlyMap<number, readonly Row[]>): Promise<Appended> {
    return this.#whileHeld(() => this.#appendTo(topic, rows));
  }

  async #appendTo(topic: string, rows: ReadonlyMap<number, readonly Row[]>): Promise<Appended> {
    const offsets = new Map<number, number>();
    for (let attempt = 0; ; attempt++) {
      const left = new Map([...rows].filter(([partition]) => !offsets.has(partition)));
      const error = await this.#attempt(topic, left, offsets);
      if (error === undefined || !isStale(error) || attempt >= STALE_ATTEMPTS) return { offsets, error };
      await wait(STALE_WAIT_MS);
      await this.refresh();
    }
  }

  async #attempt(topic: string, rows: ReadonlyMap<number, readonly Row[]>, offsets: Map<number, number>): Promise<Error | undefined> {
    const [first = 0] = rows.keys();
    const node = this.#nodes.get(this.leaderOf(topic, first));
    if (node === undefined) {
      this.#ready = undefined;
      return new Error(`partition ${first} of ${topic} has no leader`);
    }
    try {
      const partitions = [...rows].map(([partition, some]) => ({ partition, records: some.map((row) => recordOf(topic, row)) }));
      const { topics: [answer] } = await node.ask('Produce', {
        topicData: [{ topic, partitions }], acks: -1, timeout: this.options.requestTimeoutMs, compression: 'none',
      });
      let failure: Error | undefined;
      for (const { partition, errorCode, baseOffset } of answer?.partitions ?? []) {
        const error = errorOf(errorCode);
        if (error === undefined) offsets.set(partition, Number(baseOffset));
        else failure = error;
      }
      return failure;
    } catch (error) {
      // A connection without an answer is not used again.
      node.drop();
      this.#ready = undefined;
      return error as Error;
    }
  }

  destroy(): void {
    this.#nodes.destroy();
  }

  /** Requests metadata. If no broker answers, replaces all connections, because a connection that hangs looks connected. */
  async #metadata(topics: readonly string[]) {
    const nodes = this.#nodes;
    try {
      return await nodes.askAny('Metadata', { topics, allowAutoTopicCreation: false });
    } catch (error) {
      if (nodes === this.#nodes) {
        this.#nodes = new KafkaNodes(this.options, this.hooks, this.seeds);
        this.#nodes.hold(this.#inFlight > 0);
        nodes.destroy();
      }
      throw error;
    }
  }

  /** Keeps the process alive while a request is in progress. */
  async #whileHeld<T>(work: () => Promise<T>): Promise<T> {
    this.#nodes.hold(++this.#inFlight > 0);
    try {
      return await work();
    } finally {
      this.#nodes.hold(--this.#inFlight > 0);
    }
  }

  async #prepare(): Promise<void> {
    const missing = await this.refresh();
    if (missing.length > 0) {
      const timeout = this.options.requestTimeoutMs;
      const { answer } = await this.#nodes.askAny('CreateTopics', { topics: missing.map((topic) => this.#newTopic(topic)), timeout });
      for (const error of creationErrors(answer.topicErrors).values()) throw error;
    }
    for (let left = LEADERS_WITHIN_MS / POLL_MS; left > 0; left--) {
      const absent = await this.refresh();
      if (absent.length === 0 && [...this.#leaders.values()].every((leaders) => !leaders.includes(-1))) return;
      await wait(POLL_MS);
    }
    throw new Error(`the topics of the fleet '${this.place.name}' have no leaders`);
  }

  /** The settings of a topic. The status is written every few seconds: its segments are short, so that old rows are removed. */
  #newTopic(topic: string): NewTopic {
    const { replicationFactor } = this.options;
    const partitions = new Map([[this.claims, this.place.slots], [this.status, 2]]);
    const entries = topic === this.status
      ? { 'cleanup.policy': 'compact,delete', 'retention.ms': '3600000', 'segment.ms': '300000', 'min.cleanable.dirty.ratio': '0.2' }
      : { 'cleanup.policy': 'compact' };
    return {
      topic, numPartitions: partitions.get(topic) ?? 1, replicationFactor,
      configEntries: Object.entries(entries).map(([name, value]) => ({ name, value })),
    };
  }
}

/** Converts a row to a record; a removed row has no value. */
function recordOf(topic: string, { key, value }: Row): KafkaRecord {
  const message = { value: value === undefined ? NO_BYTES : Buffer.from(value), headers: {} } as unknown as CameraMessage;
  return { outgoing: { topic, key, message, headers: {} }, timestamp: Date.now(), ...(value === undefined && { isTombstone: true }) };
}
