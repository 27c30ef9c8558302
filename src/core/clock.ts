/**
 * The only place that reads the time. Inside `TestScheduler.run` it returns virtual time, as RxJS's
 * schedulers do; `Date.now()` and `performance.now()` do not advance there.
 */
import { asyncScheduler, interval, Observable } from 'rxjs';

/** Wall clock in ms since 1970 (virtual ms under TestScheduler). May jump: use it for display and messages, never for durations. */
export function wall(): number {
  return asyncScheduler.now();
}

/**
 * Whether time is TestScheduler's, which replaces the clock of RxJS. This compares it with the machine's clock, because its value
 * proves nothing: a machine without a real-time clock may report 1970 until NTP answers.
 */
export function isVirtual(): boolean {
  const before = Date.now();
  const now = asyncScheduler.now();
  // If the clock is set between these calls, `now` still equals one of the two.
  return now !== before && !isBetween(before, now, Date.now());
}

/** Monotonic time in ms, for durations. */
export function mono(): number {
  return isVirtual() ? asyncScheduler.now() : performance.now();
}

/** A moment on both clocks: either may stop or jump, on a machine that sleeps or has its time set. */
export interface Instant {
  /** ms since 1970. */
  readonly wall: number;
  /** Monotonic ms. */
  readonly mono: number;
}

/** This moment. */
export function instant(): Instant {
  return { wall: wall(), mono: mono() };
}

/** Another machine's clock: how far it is ahead of this one's, and how exactly that is known; ms. */
export interface ClockDifference { readonly aheadMs: number; readonly withinMs: number }

/**
 * The difference of two clocks, from one time of the other machine: it was taken at any moment between a request and its answer.
 * @param stamped - the other's time, cut to whole steps
 * @param round - wall clock here before the request and after the answer
 * @param stepMs - 1000 for an HTTP date
 */
export function clockDifference(
  stamped: number, { sent, received }: { readonly sent: number; readonly received: number }, stepMs = 1,
): ClockDifference {
  return { aheadMs: stamped + stepMs / 2 - (sent + received) / 2, withinMs: (stepMs + Math.max(0, received - sent)) / 2 };
}

/** The difference that the `Date` of an answer shows; undefined if there is none, or it can't be read. */
export function dateDifference(date: string | undefined, sent: number): ClockDifference | undefined {
  const stamped = Date.parse(date ?? '');
  return Number.isNaN(stamped) ? undefined : clockDifference(stamped, { sent, received: wall() }, 1_000);
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

function isBetween(one: number, value: number, other: number): boolean {
  return Math.min(one, other) <= value && value <= Math.max(one, other);
}
