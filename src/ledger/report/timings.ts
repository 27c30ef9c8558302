/** Combines the durations of several streams, and formats them. */
import type { Timing } from '../histogram.js';

/** A summary of durations, in ms; zeros while `count` is 0. For several streams, `p50` and `p99` are the largest ones of any stream. */
export type ReportTiming = Omit<Timing, 'last'>;

/** Combines the timings of several streams. The largest p99 of any stream is at least the p99 of all durations, as with every quantile. */
export function combineTimings(timings: readonly Timing[]): ReportTiming {
  const some = timings.filter(({ count }) => count > 0);
  const count = some.reduce((sum, one) => sum + one.count, 0);
  const largest = (name: 'max' | 'p50' | 'p99') => Math.max(0, ...some.map((one) => one[name]));
  return {
    count,
    min: count === 0 ? 0 : Math.min(...some.map(({ min }) => min)),
    mean: count === 0 ? 0 : some.reduce((sum, one) => sum + one.mean * one.count, 0) / count,
    p50: largest('p50'), p99: largest('p99'), max: largest('max'),
  };
}

/** The timing as text: `min 1.0, mean 2.0 … ms`; `-` without durations. */
export function timesText({ count, min, mean, p50, p99, max }: ReportTiming): string {
  if (count === 0) return '-';
  const ms = (value: number) => value.toFixed(1);
  return `min ${ms(min)}, mean ${ms(mean)}, p50 ${ms(p50)}, p99 ${ms(p99)}, max ${ms(max)} ms`;
}
