/** Retry options shared by Kafka and Redis. */
import { BROKER } from '../core/defaults/defaults.js';
import { count, milliseconds } from '../core/options.js';

/** Waits after failed requests, and when to connect again. */
export interface RetryOptions {
  readonly retryInitialMs: number;
  readonly retryMaxMs: number;
  readonly refreshAfterFailures: number;
}

export const RETRY = {
  retryInitialMs: milliseconds().min(1).default(BROKER.retryInitialMs),
  retryMaxMs: milliseconds().min(1).optional(),
  refreshAfterFailures: count().default(BROKER.refreshAfterFailures),
};

/** As they are given. */
export type RetryGiven = { readonly [K in keyof RetryOptions]?: number | undefined };

/** For `refine`. */
export const WAITS_GROW: readonly [check: (given: RetryGiven) => boolean, says: { message: string; path: string[] }] = [
  ({ retryInitialMs = 0, retryMaxMs = Infinity }) => retryMaxMs >= retryInitialMs,
  { message: 'expected retryMaxMs to be at least retryInitialMs', path: ['retryMaxMs'] },
];

/** The given options, with the defaults. */
export function retryOptions(given: RetryGiven): RetryOptions {
  const { retryInitialMs = BROKER.retryInitialMs, refreshAfterFailures = BROKER.refreshAfterFailures } = given;
  return { retryInitialMs, retryMaxMs: given.retryMaxMs ?? Math.max(BROKER.retryMaxMs, retryInitialMs), refreshAfterFailures };
}
