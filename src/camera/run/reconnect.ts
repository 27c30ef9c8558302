/** Reconnects after waits that grow until the source is stable. Each wait is reported as an event, and `retryNow` ends it early. */
import { EMPTY, type MonoTypeOperatorFunction, Observable, endWith, filter, from, merge, retry, take, tap, throwError, timer } from 'rxjs';
import { wall } from '../../core/clock.js';
import { isRxcamError } from '../../core/errors/errors.js';
import type { ReconnectPolicy } from '../../core/plan/reconnect-policy.js';
import { type RetriedRun, runOf } from './run-link.js';

/**
 * The wait before the nth attempt in a row, in ms: initialMs · factor^(n-1), at most `maxMs`; a share `jitter` of it is random.
 * @param n - counted from 1
 */
export function backoffMs(policy: Pick<ReconnectPolicy, 'initialMs' | 'maxMs' | 'factor' | 'jitter' | 'random'>, n: number): number {
  const full = policy.initialMs === 0 ? 0 : Math.min(policy.maxMs, policy.initialMs * policy.factor ** (n - 1));
  return Math.round(full * (1 - policy.jitter * policy.random()));
}

/** Subscribes again after each failure that `policy` retries, without limit. */
export function reconnect<T>(policy: ReconnectPolicy): MonoTypeOperatorFunction<T> {
  return (source) => new Observable((subscriber) => {
    let failuresInRow = 0;
    /** The run that the next attempt continues. */
    let nextRun: RetriedRun | undefined;
    const attempt$ = new Observable<T>((attempt) => {
      if (nextRun !== undefined) attempt.add(nextRun.claim());
      nextRun = undefined;
      source.subscribe(attempt);
    });
    subscriber.add(() => nextRun?.abandon());
    return attempt$.pipe(retry({
      delay: (error: unknown) => {
        if (!isRetried(policy, error)) return throwError(() => error);
        const run = runOf(error);
        if (run !== undefined && run.flow.flowedMs >= policy.stableAfterMs) failuresInRow = 0;
        failuresInRow += 1;
        const wait = waitFor(policy, error, failuresInRow, run);
        return run === undefined ? wait.due$ : reportWait(run, error, wait).pipe(tap(() => { nextRun = run; }));
      },
    })).subscribe(subscriber);
  });
}

function isRetried(policy: ReconnectPolicy, error: unknown): boolean {
  if (policy.retryOn !== undefined) return policy.retryOn(error);
  return isRxcamError(error) && error.code !== 'INVALID_OPTION';
}

const COMPLETED = Symbol('completed');

interface Wait {
  /** Length of the wait; undefined if a notifier ends it. */
  readonly ms: number | undefined;
  /** Emits when the wait is over. */
  readonly due$: Observable<unknown>;
}

function waitFor(policy: ReconnectPolicy, error: unknown, failuresInRow: number, run: RetriedRun | undefined): Wait {
  const wait = policy.delay?.(error, failuresInRow) ?? defaultWaitMs(policy, error, failuresInRow);
  const notifier$ = typeof wait === 'number' ? timer(wait) : from(wait);
  // A notifier that completes without a value ends the wait without another attempt, as in RxJS's `retry`.
  const due$ = merge(notifier$.pipe(endWith(COMPLETED)), run?.retryNow$ ?? EMPTY).pipe(take(1), filter((value) => value !== COMPLETED));
  return { ms: typeof wait === 'number' ? wait : undefined, due$ };
}

/** A camera that answers 401 is retried only after the longest wait, so that it does not lock the account. */
function defaultWaitMs(policy: ReconnectPolicy, error: unknown, failuresInRow: number): number {
  const isUnauthorized = isRxcamError(error) && error.code === 'SOURCE_UNAUTHORIZED';
  return isUnauthorized ? policy.maxMs : backoffMs(policy, failuresInRow);
}

/** Reports the wait as an event, and keeps the run for the next subscription. */
function reportWait(run: RetriedRun, error: unknown, { ms: delayMs, due$ }: Wait): Observable<unknown> {
  return new Observable((subscriber) => {
    run.startWaiting();
    run.emit({ type: 'retrying', attempt: run.attempts + 1, error, ...(delayMs !== undefined && { delayMs, nextAttemptAt: wall() + delayMs }) });
    let isDue = false;
    subscriber.add(() => { if (!isDue) run.abandon(); });
    due$.pipe(tap(() => { isDue = true; })).subscribe(subscriber);
  });
}
