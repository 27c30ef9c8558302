/**
 * Reads Kafka without a consumer group. This file, and kafka-internals.ts for writing, use internals of kafkajs: its cluster and
 * broker objects, which are private, importable, and unchanged since 2023. The two alternatives were tried. A consumer with an
 * assigner of one partition still has a group: the broker lists it for days, and after a missed session it silently continues
 * at the end. Another client's fetch would need a second library, with its own logins and options, for half of a connection.
 * record-batch.ts parses the answer itself: kafkajs's parser takes 80 µs a message, most of it for headers.
 */
import { createRequire } from 'node:module';
import type { KafkaOptions } from '../options.js';
import { KafkaSockets, kindOf } from '../client/index.js';
import { kafkajsOptions } from './kafkajs-options.js';
import { type Fetched, readFetched } from './record-batch.js';

/** The protocol's special times for the first and the next offset. */
export const LATEST = -1;
export const EARLIEST = -2;

/** Options of a cluster, and its callbacks. */
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

/** Limit of an answer in bytes; a single larger message is sent anyway. */
const MAX_PARTITION_BYTES = 1024 * 1024;
const MAX_BYTES = 2 * MAX_PARTITION_BYTES;
/** Version of the request: the first with all fields that are read; brokers 0.11 to 4.x support it. */
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
      // After `close`, ended connections are not reported.
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

  /** Closes synchronously: requests in progress fail, and no timer is left. */
  destroy(): void {
    this.#isGone = true;
    this.#sockets.destroy();
    this.#cluster.disconnect().catch(() => { /* It is gone either way. */ });
  }

  /** The leader of each partition; undefined if there is no such topic, or one of its partitions has no leader. */
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

  /** The first offset at or after a time (or EARLIEST, or LATEST) in each partition; that of LATEST if no message is so late. */
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

/** Clears a timer of 1 ms, which the queue of a connection renews even if it is empty. */
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

/** @throws Error if another version of kafkajs is installed */
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
