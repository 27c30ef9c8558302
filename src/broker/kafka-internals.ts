/**
 * What rxcam uses of kafkajs beside its public API, all in this file. Its producer refreshes the metadata of all topics
 * together and gives up on all when one has no leader; looks topics up one after the other, under one lock; answers for a
 * whole request where the broker answers for each partition; and never tells how long the broker throttles. Its connections,
 * logins and codecs are sound: they are used as they are, one request at a time, with answers as the broker gave them.
 */
// @ts-expect-error -- private, and without types
import Broker from 'kafkajs/src/broker/index.js';
// @ts-expect-error -- private, and without types
import loggers from 'kafkajs/src/loggers/index.js';
// @ts-expect-error -- private, and without types
import ConnectionPool from 'kafkajs/src/network/connectionPool.js';
// @ts-expect-error -- private, and without types
import protocolErrors from 'kafkajs/src/protocol/error.js';
// @ts-expect-error -- private, and without types
import apiKeys from 'kafkajs/src/protocol/requests/apiKeys.js';
// @ts-expect-error -- private, and without types
import protocol from 'kafkajs/src/protocol/requests/index.js';
import type { ISocketFactory, LoggerEntryContent, Message } from 'kafkajs';
import type { RequestQueue } from './kafka-queue.js';

/** Requests that rxcam makes. */
export interface Requests {
  Metadata: { topics: readonly string[]; allowAutoTopicCreation: false };
  Produce: { topicData: readonly TopicData[]; acks: number; timeout: number; compression: number };
  CreateTopics: { topics: readonly object[]; timeout: number };
}

export interface TopicData {
  readonly topic: string;
  readonly partitions: readonly { readonly partition: number; readonly messages: readonly Message[] }[];
}

/** What the broker answers; an error code of 0 is none. */
export interface Answers {
  Metadata: {
    readonly brokers: readonly { readonly nodeId: number; readonly host: string; readonly port: number }[];
    readonly controllerId: number;
    readonly topicMetadata: readonly {
      readonly topicErrorCode: number;
      readonly topic: string;
      readonly partitionMetadata: readonly { readonly partitionId: number; readonly leader: number }[];
    }[];
  };
  Produce: { readonly topics: readonly { readonly topicName: string; readonly partitions: readonly PartitionAnswer[] }[] };
  CreateTopics: {
    readonly topicErrors: readonly { readonly topic: string; readonly errorCode: number; readonly errorMessage?: string | null }[];
  };
}

export interface PartitionAnswer { readonly partition: number; readonly errorCode: number; readonly baseOffset?: string }

/** A connection to one broker, logged in. */
export interface Wire {
  connect(): Promise<void>;
  /** Ends in order: requests under way are waited for. */
  disconnect(): Promise<void>;
  readonly isConnected: boolean;
  ask<K extends keyof Requests>(name: K, request: Requests[K]): Promise<Answers[K]>;
}

export interface WireOptions {
  readonly host: string;
  readonly port: number;
  readonly clientId: string;
  readonly ssl: unknown;
  readonly sasl: object | undefined;
  readonly connectTimeoutMs: number;
  readonly requestTimeoutMs: number;
  readonly socketFactory: ISocketFactory;
  readonly log: (level: number, entry: LoggerEntryContent) => void;
  /** Gets the queue of requests of each connection, to replace what it does. */
  readonly tame: (queue: RequestQueue) => void;
}

/** INFO in its own numbers. */
const LOG_LEVEL = 4;

export function newWire({ connectTimeoutMs, requestTimeoutMs, log, tame, sasl, ...where }: WireOptions): Wire {
  const logCreator = () => (entry: { level: number; log: LoggerEntryContent }) => { log(entry.level, entry.log); };
  const logger = (loggers as LoggersModule).createLogger({ level: LOG_LEVEL, logCreator });
  const pool = new (ConnectionPool as PoolClass)({
    // A copy: kafkajs writes the provider that it has made of the credentials into the object it is given.
    ...where, sasl: sasl === undefined ? null : { ...sasl }, logger,
    connectionTimeout: connectTimeoutMs, requestTimeout: requestTimeoutMs, enforceRequestTimeout: true, maxInFlightRequests: null,
  });
  for (const { requestQueue } of pool.pool) tame(requestQueue);
  const broker = new (Broker as BrokerClass)({
    connectionPool: pool, logger, authenticationTimeout: connectTimeoutMs, allowAutoTopicCreation: false,
  });
  return {
    connect: () => broker.connect(),
    disconnect: () => broker.disconnect(),
    get isConnected() { return pool.isConnected(); },
    ask: async (name, request) => {
      const definition = (protocol as ProtocolModule).requests[name];
      const { request: encoded, response } = broker.lookupRequest((apiKeys as KeysModule)[name], definition)(request);
      // The library's own `parse` throws the first error of many.
      const parse = (answer: unknown) => Promise.resolve(answer);
      return await pool.send({ request: encoded, response: { decode: (raw) => response.decode(raw), parse } }) as never;
    },
  };
}

/** The error that a code stands for, with its name as `type`; undefined for none. */
export function errorOf(code: number): Error | undefined {
  return code === 0 ? undefined : (protocolErrors as ErrorsModule).createErrorFromCode(code);
}

interface Protocol { request: unknown; response: { decode(raw: unknown): Promise<unknown> } }
interface Pool {
  readonly pool: readonly { readonly requestQueue: RequestQueue }[];
  isConnected(): boolean;
  send(protocol: Protocol & { response: { parse(answer: unknown): Promise<unknown> } }): Promise<unknown>;
}
interface BrokerObject {
  connect(): Promise<void>;
  disconnect(): Promise<void>;
  lookupRequest(key: unknown, definition: unknown): (request: unknown) => Protocol;
}
type PoolClass = new (options: object) => Pool;
type BrokerClass = new (options: object) => BrokerObject;
interface ProtocolModule { readonly requests: Readonly<Record<keyof Requests, unknown>> }
type KeysModule = Readonly<Record<keyof Requests, number>>;
interface LoggersModule { createLogger(options: object): unknown }
interface ErrorsModule { createErrorFromCode(code: number): Error }
