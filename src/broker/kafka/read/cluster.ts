/**
 * Kafka read without a consumer group. This file, and kafka-internals.ts for writing, use the inside of kafkajs: its cluster and
 * broker objects, which are private, importable, and unchanged since 2023. The two other ways were tried. A consumer with an assigner of one
 * partition still has a group: it stays listed on the broker for days, and one that misses its session continues at the end,
 * silently. The fetch of another client would need a second library, with logins and options of its own, for half of one
 * connection. The answer itself is read in record-batch.ts: kafkajs's reader takes 80 µs a message, most of it for headers.
 */
import { createRequire } from 'node:module';
import type { KafkaOptions } from '../options.js';
import { KafkaSockets, kindOf } from '../client/index.js';
import { kafkajsOptions } from './kafkajs-options.js';
import { type Fetched, readFetched } from './record-batch.js';

/** As the protocol has them, in place of a time. */
export const LATEST = -1;
export const EARLIEST = -2;

/** What the cluster asks and tells. */
export interface ClusterHooks {
  brokers(): Promise<string[]>;
  log(level: number, entry: { readonly message: string; readonly error?: unknown }): void;
}

/** One fetch from the leader of some partitions. */
export interface FetchRequest {
  readonly leader: number;
  readonly topic: string;
  /** For each partition the offset to begin at. */
  readonly from: ReadonlyMap<number, number>;
  readonly key: Buffer | undefined;
  readonly maxWaitMs: number;
}

/** Bytes of an answer; a larger message comes all the same. */
const MAX_PARTITION_BYTES = 1024 * 1024;
const MAX_BYTES = 2 * MAX_PARTITION_BYTES;
/** The first that has every field that is read; brokers from 0.11 to 4.x know it. */
const FETCH_VERSION = 4;

interface Queue { pending: readonly unknown[]; scheduleCheckPendingRequests(): void; isEased?: true }
interface BrokerObject { connectionPool: { send(request: unknown): Promise<Fetched[]>; pool: readonly { requestQueue?: Queue }[] } }
interface ClusterObject {
  targetTopics: Set<string>;
  brokerPool: { metadata: { topicMetadata: { topic: string; partitionMetadata: { partitionId: number; leader: number }[] }[] } | null };
  connect(): Promise<void>;
  disconnect(): Promise<void>;
  refreshMetadata(): Promise<void>;
  findBroker(of: { nodeId: number }): Promise<BrokerObject>;
  fetchTopicsOffset(topics: unknown): Promise<{ partitions: { partition: number; offset: string }[] }[]>;
}

export class FetchCluster {
  readonly #sockets = new KafkaSockets();
  readonly #cluster: ClusterObject;
  readonly #library = inside();
  #isGone = false;

  constructor(readonly options: KafkaOptions, hooks: ClusterHooks) {
    const logger = this.#library.createLogger({
      level: 4,
      // That its connections end is no news once they are to.
      logCreator: () => ({ level, log }: { level: number; log: never }) => { if (!this.#isGone) hooks.log(level, log); },
    });
    this.#cluster = new this.#library.Cluster({
      ...kafkajsOptions(options, () => hooks.brokers(), this.#sockets.factory),
      logger, reauthenticationThreshold: 10_000, enforceRequestTimeout: true, allowAutoTopicCreation: false, metadataMaxAge: 0, isolationLevel: 1,
    }) as ClusterObject;
  }

  connect(): Promise<void> {
    return this.#cluster.connect();
  }

  /** At once: requests under way fail, and no timer is left. */
  destroy(): void {
    this.#isGone = true;
    this.#sockets.destroy();
    this.#cluster.disconnect().catch(() => { /* It is gone either way. */ });
  }

  /** The leader of each partition; undefined while there is no such topic, or one of its partitions has no leader. */
  async leaders(topic: string): Promise<ReadonlyMap<number, number> | undefined> {
    this.#cluster.targetTopics.add(topic);
    try {
      await this.#cluster.refreshMetadata();
    } catch (error) {
      if (['UNKNOWN_TOPIC_OR_PARTITION', 'LEADER_NOT_AVAILABLE'].includes(kindOf(error))) return undefined;
      throw error;
    }
    const found = this.#cluster.brokerPool.metadata?.topicMetadata.find((one) => one.topic === topic);
    if (found === undefined || found.partitionMetadata.length === 0) return undefined;
    return new Map(found.partitionMetadata.map(({ partitionId, leader }) => [partitionId, leader]));
  }

  /** The first offset at or after a time in each partition, or EARLIEST, or LATEST; LATEST's where there is nothing so late. */
  async offsets(topic: string, partitions: readonly number[], time: number): Promise<Map<number, number>> {
    if (partitions.length === 0) return new Map();
    const [answer] = await this.#cluster.fetchTopicsOffset([
      { topic, partitions: partitions.map((partition) => ({ partition })), fromTimestamp: time },
    ]);
    const found = new Map(answer?.partitions.map(({ partition, offset }) => [partition, Number(offset)]));
    const late = partitions.filter((partition) => (found.get(partition) ?? -1) < 0);
    if (time === LATEST || late.length === 0) return found;
    return new Map([...found, ...await this.offsets(topic, late, LATEST)]);
  }

  async fetch({ leader, topic, from, key, maxWaitMs }: FetchRequest): Promise<Fetched[]> {
    const broker = await this.#cluster.findBroker({ nodeId: leader });
    const request = this.#library.fetchRequest({
      maxWaitTime: maxWaitMs, minBytes: 1, maxBytes: MAX_BYTES, isolationLevel: 1,
      topics: [{ topic, partitions: [...from].map(([partition, fetchOffset]) => ({ partition, fetchOffset, maxBytes: MAX_PARTITION_BYTES })) }],
    });
    ease(broker);
    const inflate = (attributes: number, records: Buffer) => this.#library.inflate(attributes, records);
    return broker.connectionPool.send({
      ...request,
      response: {
        decode: (payload: Buffer) => readFetched(payload, { topic, from, key, inflate }),
        parse: (fetched: Fetched[]) => Promise.resolve(fetched),
      },
    });
  }
}

/** The queue of a connection sets a timer of 1 ms again and again, even when nothing waits. */
function ease({ connectionPool }: BrokerObject): void {
  for (const { requestQueue: queue } of connectionPool.pool) {
    if (queue === undefined || queue.isEased) continue;
    const check = queue.scheduleCheckPendingRequests.bind(queue);
    queue.scheduleCheckPendingRequests = () => { if (queue.pending.length > 0) check(); };
    queue.isEased = true;
  }
}

interface Inside {
  readonly Cluster: new (options: object) => unknown;
  readonly createLogger: (options: object) => unknown;
  readonly fetchRequest: (options: object) => object;
  inflate(attributes: number, records: Buffer): Promise<Buffer> | undefined;
}

let library: Inside | undefined;

/** @throws if the library that is installed is another one */
function inside(): Inside {
  return library ??= load();
}

function load(): Inside {
  const from = createRequire(import.meta.url);
  try {
    const { createLogger } = from('kafkajs/src/loggers') as Pick<Inside, 'createLogger'>;
    const { protocol } = from('kafkajs/src/protocol/requests/fetch') as { protocol: (version: { version: number }) => Inside['fetchRequest'] };
    const { lookupCodecByAttributes } = from('kafkajs/src/protocol/message/compression') as {
      lookupCodecByAttributes: (attributes: number) => { decompress(data: Buffer): Promise<Buffer> } | null;
    };
    return {
      Cluster: from('kafkajs/src/cluster') as Inside['Cluster'], createLogger,
      fetchRequest: protocol({ version: FETCH_VERSION }),
      inflate: (attributes, records) => lookupCodecByAttributes(attributes)?.decompress(records),
    };
  } catch (cause) {
    throw new Error('reading Kafka needs kafkajs 2.2', { cause });
  }
}
