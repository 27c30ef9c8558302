/** Reconnects after waits that grow, start over once the source is stable, are reported as events, and end early on request. */
import { EMPTY, type MonoTypeOperatorFunction, Observable, endWith, filter, from, merge, retry, take, tap, throwError, timer } from 'rxjs';
import { wall } from '../../core/clock.js';
import { InvalidOption, SourceUnauthorized, isRxcamError } from '../../core/errors/errors.js';
import type { ReconnectPolicy } from '../../core/plan/reconnect-policy.js';
import { type RetriedRun, runOf } from './run-link.js';

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
  return (source) => new Observable((subscriber) => {
    let inRow = 0;
    /** The run that the next attempt continues. */
    let next: RetriedRun | undefined;
    const attempt$ = new Observable<T>((attempt) => {
      if (next !== undefined) attempt.add(next.claim());
      next = undefined;
      source.subscribe(attempt);
    });
    subscriber.add(() => next?.abandon());
    return attempt$.pipe(retry({
      delay: (error: unknown) => {
        if (!isRetried(policy, error)) return throwError(() => error);
        const run = runOf(error);
        if (run !== undefined && run.flow.flowedMs >= policy.stableAfterMs) inRow = 0;
        inRow += 1;
        const wait = waitFor(policy, error, inRow, run);
        return run === undefined ? wait.due$ : announced(run, error, wait).pipe(tap(() => { next = run; }));
      },
    })).subscribe(subscriber);
  });
}

function isRetried(policy: ReconnectPolicy, error: unknown): boolean {
  if (policy.retryOn !== undefined) return policy.retryOn(error);
  return isRxcamError(error) && !(error instanceof InvalidOption) && error.code !== 'INVALID_OPTION';
}

const NO_MORE = Symbol('no more');

interface Wait {
  /** If it is known. */
  readonly ms: number | undefined;
  /** Emits when the wait is over. */
  readonly due$: Observable<unknown>;
}

function waitFor(policy: ReconnectPolicy, error: unknown, inRow: number, run: RetriedRun | undefined): Wait {
  const wait = policy.delay?.(error, inRow) ?? standardWait(policy, error, inRow);
  const notifier$ = typeof wait === 'number' ? timer(wait) : from(wait);
  // A notifier that completes without a value ends the wait without another attempt, as in RxJS's `retry`.
  const due$ = merge(notifier$.pipe(endWith(NO_MORE)), run?.retryNow$ ?? EMPTY).pipe(take(1), filter((value) => value !== NO_MORE));
  return { ms: typeof wait === 'number' ? wait : undefined, due$ };
}

/** A camera that answers 401 is retried as rarely as possible, so that it does not lock the account. */
function standardWait(policy: ReconnectPolicy, error: unknown, inRow: number): number {
  const isUnauthorized = error instanceof SourceUnauthorized || (isRxcamError(error) && error.code === 'SOURCE_UNAUTHORIZED');
  return isUnauthorized ? policy.maxMs : backoffMs(policy, inRow);
}

/** Reports the wait to the camera, and keeps the run for the next subscription. */
function announced(run: RetriedRun, error: unknown, { ms: delayMs, due$ }: Wait): Observable<unknown> {
  return new Observable((subscriber) => {
    run.wait();
    run.emit({ type: 'retrying', attempt: run.attempts + 1, error, ...(delayMs !== undefined && { delayMs, nextAttemptAt: wall() + delayMs }) });
    let isDue = false;
    subscriber.add(() => { if (!isDue) run.abandon(); });
    due$.pipe(tap(() => { isDue = true; })).subscribe(subscriber);
  });
}
