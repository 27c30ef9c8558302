/** When a plan runs again after a failure. */
import type { ObservableInput } from 'rxjs';
import { z } from 'zod';
import { RETRY } from '../defaults/defaults.js';
import { callback, milliseconds, options } from '../options.js';

/** The options of `retry`, checked and with their defaults. */
export interface ReconnectPolicy {
  /** First wait. */
  readonly initialMs: number;
  /** Longest wait. */
  readonly maxMs: number;
  /** Each wait is this many times the one before it. */
  readonly factor: number;
  /** Share of each wait that is random, 0 to 1. */
  readonly jitter: number;
  /** Time for which frames must arrive without a break before waits start from `initialMs` again. */
  readonly stableAfterMs: number;
  /** Source of randomness for the jitter, 0 to below 1. */
  readonly random: () => number;
  /** Whether an error is retried; absent: all of rxcam's except InvalidOption. */
  readonly retryOn?: (error: unknown) => boolean;
  /** The wait after each failure, in place of the times above: ms, or an Observable whose first value ends it. `attempt`: failures in a row. */
  readonly delay?: (error: unknown, attempt: number) => number | ObservableInput<unknown>;
}

/** Options of `retry`. */
export const RECONNECT_SCHEMA = options({
  initialMs: milliseconds().default(RETRY.initialMs),
  maxMs: milliseconds().optional(),
  factor: z.number().min(1).default(RETRY.factor),
  jitter: z.number().min(0).max(1).default(RETRY.jitter),
  random: callback<() => number>().default(() => Math.random),
  stableAfterMs: milliseconds().default(RETRY.stableAfterMs),
  retryOn: callback<(error: unknown) => boolean>().optional(),
}).refine((given) => given.maxMs === undefined || given.maxMs >= given.initialMs, { message: 'expected maxMs to be at least initialMs', path: ['maxMs'] });
