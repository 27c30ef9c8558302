/** When a plan is run again after a failure. */
import type { ObservableInput } from 'rxjs';
import { z } from 'zod';
import { RETRY } from '../defaults/defaults.js';
import { callback, milliseconds, options } from '../options.js';

/** The options of a `retry`, checked and completed. */
export interface ReconnectPolicy {
  readonly initialMs: number;
  readonly maxMs: number;
  readonly factor: number;
  readonly jitter: number;
  readonly stableAfterMs: number;
  readonly random: () => number;
  readonly retryOn?: (error: unknown) => boolean;
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
