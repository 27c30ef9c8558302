/** retry: reconnects for ever, with waits that grow. */
import type { MonoTypeOperatorFunction, Observable, ObservableInput } from 'rxjs';
import { z } from 'zod';
import { Capture, planOf, reconnect } from '../src/camera/index.js';
import { RETRY } from '../src/core/defaults/defaults.js';
import { callback, milliseconds, options, parseOptions } from '../src/core/options.js';
import type { ReconnectPolicy } from '../src/core/plan/reconnect-policy.js';

/** The waits; ms. */
export interface RetryConfig {
  /** First wait. Default 5,000. */
  readonly initial?: number | undefined;
  /** Longest wait. Default 30,000, or `initial` where that is longer. */
  readonly max?: number | undefined;
  /** Each wait is this many times the one before it. At least 1; default 2. */
  readonly factor?: number | undefined;
  /** Share of each wait that is random: 0 (default) to 1. A wait is shortened by it, never lengthened. */
  readonly jitter?: number | undefined;
  /** Source of randomness, 0 to below 1. Default Math.random. */
  readonly random?: (() => number) | undefined;
  /** Frames must have flowed this long without a break before the waits start from `initial` again. Default 30,000. */
  readonly stableAfter?: number | undefined;
  /** Which errors are retried. Default: all of rxcam's but InvalidOption, and no others. */
  readonly retryOn?: ((error: unknown) => boolean) | undefined;
}

/** A wait for each failure: ms, or an Observable whose first value ends it. `attempt` counts failures in a row from 1. */
export type RetryDelay = (error: unknown, attempt: number) => number | ObservableInput<unknown>;

const schema = options({
  initial: milliseconds().default(RETRY.initial),
  max: milliseconds().optional(),
  factor: z.number().min(1).default(RETRY.factor),
  jitter: z.number().min(0).max(1).default(RETRY.jitter),
  random: callback<() => number>().default(() => Math.random),
  stableAfter: milliseconds().default(RETRY.stableAfter),
  retryOn: callback<(error: unknown) => boolean>().optional(),
}).refine((given) => given.max === undefined || given.max >= given.initial, { message: 'expected max to be at least initial', path: ['max'] });

/**
 * Subscribes again after each failure: 5, 10, 20, 30, 30 … s, without limit.
 *
 * ```
 *      -1-2-#                     first subscription
 *           ~~~~~-3-4-5-|         second one, after the wait
 *          retry(5_000)
 *      -1-2-------3-4-5-|
 * ```
 *
 * The waits start from the first again only after frames have flowed for `stableAfter`: one frame and then death is no
 * recovery. An unauthorised camera is asked every `max` ms, so that its account is not locked. `camera.retryNow()` cuts a
 * wait short; each wait is a `retrying` event with the time of the next attempt. Works before or after the other
 * operators; before them, they still become one ffmpeg process. The run goes on: `seq` and `inputOrder` continue.
 *
 * Errors that are not retried pass; completion passes; unsubscribing ends the wait or the attempt.
 *
 * @example
 * ```ts
 * camera('test:').pipe(encodeH265({ mode: 'frame' }), retry({ initial: 1_000, max: 10_000 }))
 * ```
 * @param delay - the first wait in ms, options, or a function that gives each wait
 * @throws InvalidOption for a time below 0, a factor below 1, a jitter out of 0 to 1, or a max below initial
 */
export function retry<T>(delay: number | RetryConfig | RetryDelay = {}): MonoTypeOperatorFunction<T> {
  const policy = policyOf(delay);
  return (source: Observable<T>) => {
    const plan = planOf(source);
    if (plan === undefined || plan.reconnect !== undefined) return source.pipe(reconnect<T>(policy));
    return new Capture<T>({ ...plan, reconnect: policy });
  };
}

function policyOf(delay: number | RetryConfig | RetryDelay): ReconnectPolicy {
  if (typeof delay === 'function') return { ...policyOf({}), delay };
  const given = parseOptions('retry', schema, typeof delay === 'number' ? { initial: delay } : delay);
  return { ...given, max: given.max ?? Math.max(RETRY.max, given.initial) } as ReconnectPolicy;
}
