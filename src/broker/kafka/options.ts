/** Options of `kafka`, and their schema. */
import type { SASLOptions } from 'kafkajs';
import type { ConnectionOptions } from 'node:tls';
import { z } from 'zod';
import { KAFKA } from '../../core/defaults/defaults.js';
import { InvalidOption } from '../../core/errors/errors.js';
import { byteCount, callback, count, withJsonSchema, options as object } from '../../core/options.js';
import { redact } from '../../core/redact/redact.js';
import { CLIENT_MEMBERS, type ClientConfig, RETRY_RANGE } from '../broker-options.js';

/** Options of `kafka`. */
export interface KafkaConfig extends ClientConfig {
  /** `host:port` of one or more brokers; or a function that returns them, called again when requests keep failing. */
  readonly brokers: readonly string[] | (() => readonly string[] | Promise<readonly string[]>);
  /**
   * The client library that writes: `kafkajs` (default), or `platformatic`, which needs
   * `npm install @platformatic/kafka@1.34`, and Kafka 2.8 or later. Consumer groups always use kafkajs.
   */
  readonly driver?: 'kafkajs' | 'platformatic';
  /** Client id, in the broker's logs and quotas. Default `rxcam`. */
  readonly clientId?: string;
  /** TLS: `true`, or options of Node's `tls.connect`. Default: none. */
  readonly ssl?: boolean | ConnectionOptions;
  /** `{ mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512', username, password }`, or any other mechanism of kafkajs. Default: none. */
  readonly sasl?: SASLOptions;
  /** A message is acknowledged by all in-sync replicas (-1), or by the leader (1). Default -1. */
  readonly acks?: -1 | 1;
  /** Compression of requests. Default `none`: encoded video can't be compressed further. */
  readonly compression?: 'none' | 'gzip';
  /** Largest message in bytes, with its key and headers; also the limit of topics that rxcam creates. Default 10 MiB. */
  readonly maxMessageBytes?: number;
  /** Whether to create a missing topic. Default true. */
  readonly createTopics?: boolean;
  /** Partitions of a topic that rxcam creates. Default 1. */
  readonly numPartitions?: number;
  /** Replicas of a topic that rxcam creates. Default 1. */
  readonly replicationFactor?: number;
  /** Largest request in bytes. Default 8 MiB, or `maxMessageBytes` if that is less. */
  readonly maxRequestBytes?: number;
  /** Failures in a row after which the connection is replaced, and `brokers`, if a function, is called again. Default 3. */
  readonly refreshAfterFailures?: number;
}

/** `host:port`, as kafkajs parses it. */
const HOST_AND_PORT = /^[^\s/@:]+:\d{1,5}$/;

export const KAFKA_SCHEMA = object({
  ...CLIENT_MEMBERS,
  brokers: z.union([
    z.array(z.string().regex(HOST_AND_PORT, "expected 'host:port'")).min(1),
    callback<() => readonly string[] | Promise<readonly string[]>>(),
  ]),
  driver: z.enum(['kafkajs', 'platformatic']).default(KAFKA.driver),
  clientId: z.string().min(1).default(KAFKA.clientId),
  ssl: z.union([
    z.boolean(), withJsonSchema(z.custom<ConnectionOptions>((value) => typeof value === 'object' && value !== null && !Array.isArray(value)), { type: 'object' }),
  ]).default(KAFKA.ssl),
  sasl: withJsonSchema(
    z.custom<SASLOptions>((value) => typeof (value as SASLOptions | null)?.mechanism === 'string', { message: 'expected { mechanism, … }' }),
    { type: 'object', properties: { mechanism: { type: 'string' }, username: {}, password: {} }, required: ['mechanism'] },
  ).optional(),
  acks: z.union([z.literal(-1), z.literal(1)]).default(KAFKA.acks),
  compression: z.enum(['none', 'gzip']).default(KAFKA.compression),
  maxMessageBytes: byteCount().default(KAFKA.maxMessageBytes),
  createTopics: z.boolean().default(KAFKA.createTopics),
  numPartitions: count().default(KAFKA.numPartitions),
  replicationFactor: count().default(KAFKA.replicationFactor),
  maxRequestBytes: byteCount().optional(),
}).refine(...RETRY_RANGE);

export type KafkaOptions = z.output<typeof KAFKA_SCHEMA>;

/**
 * Checks the value that a function given as `brokers` returned.
 * @throws InvalidOption if it is not a list of addresses
 */
export function checkedBrokers(returned: unknown): readonly string[] {
  if (Array.isArray(returned) && returned.length > 0 && returned.every((one) => HOST_AND_PORT.test(String(one)))) return returned as string[];
  throw new InvalidOption(`kafka: option 'brokers': ${redact(JSON.stringify(returned ?? null))} returned, expected ['host:port', …]`);
}
