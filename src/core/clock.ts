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

/** A moment on both clocks: either may stop or jump if the machine sleeps or its time is set. */
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

/** The difference between another machine's clock and this one's. */
export interface ClockDifference {
  /** How far the other clock is ahead, in ms; negative if it is behind. */
  readonly aheadMs: number;
  /** Largest error of `aheadMs`, in ms. */
  readonly withinMs: number;
}

/**
 * The difference of two clocks, from a time that the other machine took at an unknown moment between a request and its answer.
 * @param otherTime - the other machine's time in ms since 1970, rounded down to a multiple of `resolutionMs`
 * @param exchange - wall clock here before the request and after the answer
 * @param resolutionMs - 1,000 for an HTTP date; default 1
 */
export function clockDifference(
  otherTime: number, exchange: { readonly sent: number; readonly received: number }, resolutionMs = 1,
): ClockDifference {
  const { sent, received } = exchange;
  return { aheadMs: otherTime + resolutionMs / 2 - (sent + received) / 2, withinMs: (resolutionMs + Math.max(0, received - sent)) / 2 };
}

/**
 * The difference that the `Date` header of an HTTP answer shows; undefined if it is absent or can't be read.
 * @param sent - wall clock here before the request
 */
export function dateDifference(date: string | undefined, sent: number): ClockDifference | undefined {
  const otherTime = Date.parse(date ?? '');
  return Number.isNaN(otherTime) ? undefined : clockDifference(otherTime, { sent, received: wall() }, 1_000);
}

/** Emits 0, 1, 2 … at intervals of `everyMs`, without keeping the process alive. */
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
