/**
 * The only place that asks for the time. Inside `TestScheduler.run` it answers virtual time, because RxJS's
 * schedulers do and neither `Date.now()` nor `performance.now()` moves there.
 */
import { asyncScheduler, interval, Observable } from 'rxjs';

/** Virtual time starts at 0; no wall clock that is set shows a time before this one (1973). */
const VIRTUAL_BELOW_MS = 1e11;

/** Wall clock in ms since 1970 (virtual ms under TestScheduler). */
export function wall(): number {
  return asyncScheduler.now();
}

/** Whether time is TestScheduler's. */
export function isVirtual(): boolean {
  return asyncScheduler.now() < VIRTUAL_BELOW_MS;
}

/** Monotonic time in ms, for durations. */
export function mono(): number {
  const now = asyncScheduler.now();
  return now < VIRTUAL_BELOW_MS ? now : performance.now();
}

/** Counts 0, 1, 2 … every `everyMs`, without keeping the process alive. */
export function ticks(everyMs: number): Observable<number> {
  if (isVirtual()) return interval(everyMs);
  return new Observable((subscriber) => {
    let count = 0;
    const timer = setInterval(() => { subscriber.next(count++); }, everyMs);
    timer.unref();
    return () => { clearInterval(timer); };
  });
}
