/** A metric family: one name, one meaning, and samples for each target. */
import { SMALLEST_MS, type DurationTally } from '../../ledger/index.js';
import { type Labels, NO_LABELS, labels } from './labels.js';

/** Adds one sample. `suffix` is appended to the family's name, for the parts of histograms and summaries. */
export type Put = (value: number, own?: Labels, suffix?: '' | '_bucket' | '_sum' | '_count') => void;

export type FamilyType = 'counter' | 'gauge' | 'histogram' | 'summary';

/** A metric of each target `T`: a camera, a broker, a stream. */
export interface Family<T> {
  /** Name with its unit, and `_total` for a counter. */
  readonly name: string;
  readonly type: FamilyType;
  readonly help: string;
  samples(target: T, put: Put): void;
}

/** A family with one sample for each target; undefined for none. */
export function singleFamily<T>(name: string, type: 'counter' | 'gauge', help: string, value: (target: T) => number | undefined): Family<T> {
  return {
    name, type, help,
    samples: (target, put) => {
      const now = value(target);
      if (now !== undefined) put(now);
    },
  };
}

/** One sample for each state: 1 for the current one, 0 for the others. */
export function stateFamily<T>(name: string, help: string, all: readonly string[], state: (target: T) => string): Family<T> {
  const each = all.map((word) => [word, labels({ state: word })] as const);
  return {
    name, type: 'gauge', help,
    samples: (target, put) => {
      const now = state(target);
      for (const [word, own] of each) put(word === now ? 1 : 0, own);
    },
  };
}

/** Bounds of the histogram: 0.001 ms · 2^13 = 8.192 ms, each twice the one before it, up to 16.8 s, where the ledger's own buckets end. */
const FIRST_OCTAVE = 13;
const BOUNDS = Array.from({ length: 12 }, (_, index) => labels({ le: String((SMALLEST_MS * 2 ** (FIRST_OCTAVE + index)) / 1_000) }));
const ALL = labels({ le: '+Inf' });

/** Durations in seconds, as a histogram. */
export function histogramFamily<T>(name: string, help: string, tally: (target: T) => DurationTally): Family<T> {
  return {
    name, type: 'histogram', help,
    samples: (target, put) => {
      const times = tally(target);
      const counts = times.cumulativeCounts(FIRST_OCTAVE, BOUNDS.length);
      for (const [index, own] of BOUNDS.entries()) put(counts[index] ?? 0, own, '_bucket');
      put(times.count, ALL, '_bucket');
      put(times.sumMs / 1_000, NO_LABELS, '_sum');
      put(times.count, NO_LABELS, '_count');
    },
  };
}

/** Durations in seconds: their sum and count, for the mean. */
export function durationFamily<T>(name: string, help: string, tally: (target: T) => Pick<DurationTally, 'sumMs' | 'count'>): Family<T> {
  return {
    name, type: 'summary', help,
    samples: (target, put) => {
      const { sumMs, count } = tally(target);
      put(sumMs / 1_000, NO_LABELS, '_sum');
      put(count, NO_LABELS, '_count');
    },
  };
}
