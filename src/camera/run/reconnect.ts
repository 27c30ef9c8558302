/** Reconnects: waits grow, start over once the source is stable, are reported as events, and end early on request. */
import { EMPTY, type MonoTypeOperatorFunction, Observable, defer, endWith, filter, from, merge, retry, take, throwError, timer } from 'rxjs';
import { wall } from '../../core/clock.js';
import { InvalidOption, SourceUnauthorized, isRxcamError } from '../../core/errors/errors.js';
import type { ReconnectPolicy } from '../../core/plan/reconnect-policy.js';
import type { Run } from './run.js';

/**
 * The wait before the nth attempt in a row, in ms: initialMs · factor^(n-1), at most `maxMs`; a share `jitter` of it is random.
 * @param n - 1 for the first
 */
export function backoffMs(policy: Pick<ReconnectPolicy, 'initialMs' | 'maxMs' | 'factor' | 'jitter' | 'random'>, n: number): number {
  const full = policy.initialMs === 0 ? 0 : Math.min(policy.maxMs, policy.initialMs * policy.factor ** (n - 1));
  return Math.round(full * (1 - policy.jitter * policy.random()));
}

/** Subscribes again after each failure that `policy` retries, without limit. */
export function reconnect<T>(policy: ReconnectPolicy): MonoTypeOperatorFunction<T> {
  return (source) => defer(() => {
    let inRow = 0;
    return source.pipe(retry({
      delay: (error: unknown) => {
        if (!isRetried(policy, error)) return throwError(() => error);
        const run = runOf(error);
        if (run !== undefined && run.flow.flowedMs >= policy.stableAfterMs) inRow = 0;
        inRow += 1;
        return waitFor(policy, error, inRow, run);
      },
    }));
  });
}

/**
 * Records which run an error ended, for `retry`.
 * @param opening - the one that failed: an error may be pending while earlier frames still come out of an encoder, and
 *   meanwhile another subscription may have continued the run
 */
export function linkRun(error: Error, run: Run, opening: number): void {
  Object.defineProperty(error, RUN, { value: { run, opening } satisfies Link });
}

interface Link { readonly run: Run; readonly opening: number }

const RUN: unique symbol = Symbol.for('rxcam.run') as never;

/** The run that an error ended, unless another subscription has it by now. */
function runOf(error: unknown): Run | undefined {
  const link = error instanceof Error ? (error as { [RUN]?: Link })[RUN] : undefined;
  return link !== undefined && link.run.opening === link.opening ? link.run : undefined;
}

function isRetried(policy: ReconnectPolicy, error: unknown): boolean {
  if (policy.retryOn !== undefined) return policy.retryOn(error);
  return isRxcamError(error) && !(error instanceof InvalidOption) && error.code !== 'INVALID_OPTION';
}

const NO_MORE = Symbol('no more');

function waitFor(policy: ReconnectPolicy, error: unknown, inRow: number, run: Run | undefined): Observable<unknown> {
  const wait = policy.delay?.(error, inRow) ?? standardWait(policy, error, inRow);
  const notifier$ = typeof wait === 'number' ? timer(wait) : from(wait);
  // A notifier that gives no value ends the wait, too: without another attempt, as in RxJS's own retry.
  const due$ = merge(notifier$.pipe(endWith(NO_MORE)), run?.hub.retryNow$ ?? EMPTY).pipe(take(1), filter((value) => value !== NO_MORE));
  return run === undefined ? due$ : announced(run, error, typeof wait === 'number' ? wait : undefined, due$);
}

/** A camera that answers 401 is asked as rarely as possible, so that it does not lock the account. */
function standardWait(policy: ReconnectPolicy, error: unknown, inRow: number): number {
  const isUnauthorized = error instanceof SourceUnauthorized || (isRxcamError(error) && error.code === 'SOURCE_UNAUTHORIZED');
  return isUnauthorized ? policy.maxMs : backoffMs(policy, inRow);
}

/** Reports the wait to the camera and keeps the run for the subscription after it. */
function announced(run: Run, error: unknown, delayMs: number | undefined, due$: Observable<unknown>): Observable<unknown> {
  return new Observable((subscriber) => {
    run.wait();
    run.emit({ type: 'retrying', attempt: run.attempts + 1, error, ...(delayMs !== undefined && { delayMs, nextAttemptAt: wall() + delayMs }) });
    let isDue = false;
    const subscription = due$.subscribe({
      next: (value) => {
        isDue = true;
        run.claim();
        subscriber.next(value);
      },
      error: (cause: unknown) => { subscriber.error(cause); },
      complete: () => { subscriber.complete(); },
    });
    return () => {
      subscription.unsubscribe();
      if (!isDue) run.abandon();
    };
  });
}
