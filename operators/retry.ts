/** retry: reconnects without limit, with growing waits. */
import type { MonoTypeOperatorFunction, Observable, ObservableInput } from 'rxjs';
import { Capture, planOf, reconnect } from '../src/camera/index.js';
import { RETRY } from '../src/core/defaults/defaults.js';
import { InvalidOption } from '../src/core/errors/errors.js';
import { parseOptions } from '../src/core/options.js';
import { RECONNECT_SCHEMA, type ReconnectPolicy } from '../src/core/plan/reconnect-policy.js';
import { redactValue } from '../src/core/redact/redact.js';

/** Options of {@link retry}. */
export interface RetryConfig {
  /** First wait, in ms. Default 5,000. */
  readonly initialMs?: number | undefined;
  /** Longest wait, in ms. Default 30,000, or `initialMs` if that is longer. */
  readonly maxMs?: number | undefined;
  /** Each wait is this many times the one before it. At least 1; default 2. */
  readonly factor?: number | undefined;
  /** Share of each wait that is random: 0 (default) to 1. It only shortens waits. */
  readonly jitter?: number | undefined;
  /** Source of randomness, 0 to below 1. Default Math.random. */
  readonly random?: (() => number) | undefined;
  /** Time for which frames must arrive without a break before the waits start from `initialMs` again, in ms. Default 30,000. */
  readonly stableAfterMs?: number | undefined;
  /** Whether an error is retried. Default: all of rxcam's except InvalidOption, and no others. */
  readonly retryOn?: ((error: unknown) => boolean) | undefined;
}

/** A wait for each failure: ms, or an Observable whose first value ends it. `attempt` counts failures in a row from 1. */
export type RetryDelay = (error: unknown, attempt: number) => number | ObservableInput<unknown>;

/**
 * Subscribes again after each failure, without limit: a number is the first wait in ms, not a count as in RxJS's `retry`.
 *
 * ```
 *      -1-2-#                     first subscription
 *           ~~~~~-3-4-5-|         second one, after the wait
 *          retry(5_000)
 *      -1-2-------3-4-5-|
 * ```
 *
 * By default it waits 5, 10, 20, 30, 30 … s. The waits start from the first one again only after frames have flowed for
 * `stableAfterMs`: a camera that emits one frame and fails has not recovered. After a SourceUnauthorized it waits `maxMs`,
 * so that the camera does not lock the account. `camera.retryNow()` ends a wait early. Each wait emits a `retrying` event with the time
 * of the next attempt. `retry` works before or after the other operators; before them, they still become one ffmpeg process.
 * The run continues, and so do `seq` and `inputOrder`.
 *
 * Errors that are not retried pass; completion passes; unsubscribing ends the wait or the attempt.
 *
 * @example
 * ```ts
 * camera('test:').pipe(encodeH265({ mode: 'frame' }), retry({ initialMs: 1_000, maxMs: 10_000 }))
 * ```
 * @param delay - the first wait in ms (not a count), options, or a function that returns each wait
 * @throws InvalidOption for a time below 0, a factor below 1, a jitter out of 0 to 1, or a `maxMs` below `initialMs`
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
  checkForm(delay);
  const given = parseOptions('retry', RECONNECT_SCHEMA, typeof delay === 'number' ? { initialMs: delay } : delay);
  return { ...given, maxMs: given.maxMs ?? Math.max(RETRY.maxMs, given.initialMs) } as ReconnectPolicy;
}

/** A wait as a text is a likely mistake: '5s', or the value of a variable of the environment. */
function checkForm(delay: unknown): void {
  if (typeof delay === 'number' || (typeof delay === 'object' && delay !== null && !Array.isArray(delay))) return;
  const given = redactValue(delay) ?? typeof delay;
  throw new InvalidOption(`retry: ${given} given, expected a number (the first wait in ms), options such as { initialMs: 5000 }, or a function`);
}
