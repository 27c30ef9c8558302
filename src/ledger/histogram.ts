/** An immutable histogram of durations, whose quantiles are within 5 % of the true value. */

/** Buckets for each doubling of the duration: each is 9 % wide, so its middle is within 5 % of each duration in it. */
export const PER_OCTAVE = 8;
/** Upper bound of the first bucket, in ms. */
export const SMALLEST_MS = 0.001;
/** Number of buckets, up to 0.001 ms · 2^36, which is 19 hours. */
export const BUCKETS = 36 * PER_OCTAVE;

/** Number of durations in each bucket, and their extremes. */
export interface Histogram {
  readonly count: number;
  readonly sumMs: number;
  readonly minMs: number;
  readonly maxMs: number;
  readonly lastMs: number;
  readonly buckets: readonly number[];
}

/** A summary of durations, in ms; zeros while `count` is 0. */
export interface Timing {
  /** Number of durations. */
  readonly count: number;
  /** The last duration. */
  readonly last: number;
  /** The shortest duration. */
  readonly min: number;
  /** Arithmetic mean. */
  readonly mean: number;
  /** Median. */
  readonly p50: number;
  /** Exceeded by 1 % of the durations. */
  readonly p99: number;
  /** The longest duration. */
  readonly max: number;
}

/** The histogram without durations. */
export const EMPTY_HISTOGRAM: Histogram = { count: 0, sumMs: 0, minMs: 0, maxMs: 0, lastMs: 0, buckets: [] };

/** The histogram with one more duration; `ms` below 0 counts as 0. */
export function recorded(histogram: Histogram, ms: number): Histogram {
  const value = Math.max(0, ms);
  const index = bucketOf(value);
  const buckets = histogram.buckets.slice();
  while (buckets.length <= index) buckets.push(0);
  buckets[index] = (buckets[index] ?? 0) + 1;
  return {
    count: histogram.count + 1,
    sumMs: histogram.sumMs + value,
    minMs: histogram.count === 0 ? value : Math.min(histogram.minMs, value),
    maxMs: Math.max(histogram.maxMs, value),
    lastMs: value,
    buckets,
  };
}

/** The duration in ms that a share `q` (0 to 1) of all durations does not exceed. */
export function quantile(histogram: Histogram, q: number): number {
  if (histogram.count === 0) return 0;
  let left = Math.max(1, Math.ceil(q * histogram.count));
  const index = histogram.buckets.findIndex((count) => (left -= count) <= 0);
  const middle = SMALLEST_MS * 2 ** ((index - 0.5) / PER_OCTAVE);
  return Math.min(histogram.maxMs, Math.max(histogram.minMs, middle));
}

/** The summary of a histogram. */
export function timing(histogram: Histogram): Timing {
  const { count, lastMs, minMs, maxMs, sumMs } = histogram;
  return {
    count, last: lastMs, min: minMs, max: maxMs,
    mean: count === 0 ? 0 : sumMs / count,
    p50: quantile(histogram, 0.5),
    p99: quantile(histogram, 0.99),
  };
}

/** Index of the bucket of a duration that is not negative. */
export function bucketOf(ms: number): number {
  if (ms <= SMALLEST_MS) return 0;
  return Math.min(BUCKETS - 1, Math.ceil(Math.log2(ms / SMALLEST_MS) * PER_OCTAVE));
}
