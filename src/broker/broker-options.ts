/** Options that every broker has. */
import type { Logger } from 'pino';
import { BROKER, OUTBOX } from '../core/defaults/defaults.js';
import { byteCount, count, logger, milliseconds } from '../core/options.js';

/** Options of `createBroker`: those that every broker has. */
export interface BrokerConfig {
  /** How long a message waits for others to go in the same request, in ms. Default 5. */
  readonly lingerMs?: number;
  /** Largest request in bytes. Default 8 MiB. */
  readonly maxRequestBytes?: number;
  /** Time limit of a request, in ms. Default 10000. */
  readonly requestTimeoutMs?: number;
  /** First wait after a failed request, in ms, at least 1; doubles up to `retryMaxMs`. Default 250. */
  readonly retryInitialMs?: number;
  /** Longest wait, in ms. Default 10000, or `retryInitialMs` if that is longer. */
  readonly retryMaxMs?: number;
  /** Failures in a row after which the connection is replaced: `reset` of the driver is called. Default 3. */
  readonly refreshAfterFailures?: number;
  /** Bytes that the outbox of the handle may keep in memory. Default 256 MiB. */
  readonly outboxMaxBytes?: number;
}

/** Options of brokers that a client library connects to. */
export interface ClientConfig extends BrokerConfig {
  /** Default 5000 ms. */
  readonly connectTimeoutMs?: number;
  /** Receives the client's own log. Default: none. */
  readonly logger?: Logger;
}

/** Waits after failed requests, and when to connect again. */
export interface RetryOptions {
  readonly retryInitialMs: number;
  readonly retryMaxMs: number;
  readonly refreshAfterFailures: number;
}

/** The members of a schema for {@link BrokerConfig}; `RETRY_RANGE` refines it. */
export const BROKER_MEMBERS = {
  lingerMs: milliseconds().default(BROKER.lingerMs),
  maxRequestBytes: byteCount().default(BROKER.maxRequestBytes),
  requestTimeoutMs: milliseconds().default(BROKER.requestTimeoutMs),
  retryInitialMs: milliseconds().min(1).default(BROKER.retryInitialMs),
  retryMaxMs: milliseconds().min(1).optional(),
  refreshAfterFailures: count().default(BROKER.refreshAfterFailures),
  outboxMaxBytes: byteCount().default(OUTBOX.handleMaxBytes),
};

/** The members of a schema for {@link ClientConfig}. */
export const CLIENT_MEMBERS = {
  ...BROKER_MEMBERS,
  connectTimeoutMs: milliseconds().default(BROKER.connectTimeoutMs),
  logger: logger().optional(),
};

/** Retry options as the user gives them: each may be absent. */
export type GivenRetryOptions = { readonly [K in keyof RetryOptions]?: number | undefined };

/** Arguments of zod's `refine`: `retryMaxMs` is at least `retryInitialMs`. */
export const RETRY_RANGE: readonly [check: (given: GivenRetryOptions) => boolean, problem: { message: string; path: string[] }] = [
  ({ retryInitialMs = 0, retryMaxMs = Infinity }) => retryMaxMs >= retryInitialMs,
  { message: 'expected retryMaxMs to be at least retryInitialMs', path: ['retryMaxMs'] },
];

/** Adds the defaults to the given options. */
export function retryOptions(given: GivenRetryOptions): RetryOptions {
  const { retryInitialMs = BROKER.retryInitialMs, refreshAfterFailures = BROKER.refreshAfterFailures } = given;
  return { retryInitialMs, retryMaxMs: given.retryMaxMs ?? Math.max(BROKER.retryMaxMs, retryInitialMs), refreshAfterFailures };
}
