/** The statistics of one camera or of many in the figures that people ask for: what was sent, what was saved, what it took. */
import { type Counts, type Shares, decided } from '../counts.js';
import type { Codec } from '../../core/frame/frame.js';
import type { Timing } from '../histogram.js';
import { isAtWork } from '../ledger.js';
import type { CameraStats } from './stats.js';

/** Durations in ms; zeros while `count` is 0. Of several cameras, `p50` and `p99` are the largest of theirs. */
export type ReportTiming = Omit<Timing, 'last'>;

/** What {@link report} gives. Counts are of pictures since the creation of each camera or its last reset. */
export interface Report extends Shares {
  /** Cameras that the report is about. */
  readonly streams: number;
  /** Of them: connecting, streaming, or waiting for the next attempt. */
  readonly activeStreams: number;
  /** Pictures sent with their content: acknowledged by the broker, or handed to your code. */
  readonly full: number;
  /** Thinned out by `skipRate`. */
  readonly skipped: number;
  /** Found unchanged: not sent, or sent as a reference to the last full one. */
  readonly diff: number;
  /** Their sum: all that has been decided on. */
  readonly total: number;
  /** Pictures lost, whatever the cause; no part of the total. */
  readonly dropped: number;
  /** Published. */
  readonly bytes: number;
  /** An estimate: for each unchanged picture the bytes of the last access unit before it, less those of its reference. */
  readonly bytesSaved: number;
  /** What the last access units are: the codecs of all cameras, each once. */
  readonly codecs: readonly Codec[];
  /** Size of the last access unit in bytes; of several cameras, of the one whose statistics are the newest. */
  readonly lastFrameBytes: number;
  /** From one picture to the next. */
  readonly read: ReportTiming;
  /** From decoding to the end of encoding. */
  readonly process: ReportTiming;
  /** From request to acknowledgement. */
  readonly write: ReportTiming;
  /** From decoding to acknowledgement. */
  readonly latency: ReportTiming;
}

/**
 * The report of one camera, or of several together.
 *
 * @example
 * ```ts
 * console.log(reportText(report([gate.stats, yard.stats])));
 * ```
 * @param stats - values of `stats$`, or `camera.stats`
 */
export function report(stats: CameraStats | readonly CameraStats[]): Report {
  const all = 'state' in stats ? [stats] : stats;
  const sum = (of: (one: CameraStats) => number) => all.reduce((total, one) => total + of(one), 0);
  const count = (name: keyof Counts) => sum((one) => one[name]);
  const [diff, skipped] = [count('diff'), count('thinned')];
  const parts = { published: count('published'), delivered: count('delivered'), references: count('references'), thinned: skipped, diff };
  const times = (name: 'read' | 'process' | 'write' | 'latency') => together(all.map((one) => one[name]));
  return {
    streams: all.length, activeStreams: sum(({ state }) => (isAtWork(state) ? 1 : 0)),
    ...decided(parts), skipped, diff,
    dropped: sum(({ droppedTotal }) => droppedTotal),
    bytes: count('bytes'), bytesSaved: count('bytesSaved'),
    codecs: [...new Set(all.flatMap(({ codec }) => codec ?? []))],
    lastFrameBytes: newest(all.filter(({ frameBytes }) => frameBytes > 0))?.frameBytes ?? 0,
    read: times('read'), process: times('process'), write: times('write'), latency: times('latency'),
  };
}

/** A report in words: a line of counts, one of bytes, one for each kind of time. No line break at the end. */
export function reportText(figures: Report): string {
  const { streams, activeStreams, full, skipped, diff, total, fullRate, skipRate, diffRate } = figures;
  const { dropped, bytes, bytesSaved, codecs, lastFrameBytes } = figures;
  return [
    `${activeStreams} of ${streams} streams active, ${total} frames processed: ${full} full (${percent(fullRate)}), `
    + `${skipped} skipped (${percent(skipRate)}), ${diff} unchanged (${percent(diffRate)}); ${dropped} dropped`,
    `${codecs.join(', ') || 'nothing encoded'}: ${shownSize(bytes)} published, ${shownSize(bytesSaved)} saved, last frame ${shownSize(lastFrameBytes)}`,
    ...(['read', 'process', 'write', 'latency'] as const).map((name) => `${name.padEnd(7)} ${timesText(figures[name])}`),
  ].join('\n');
}

/** A report for the log: times with a tenth of a ms, shares with four digits. */
export function reportFacts(figures: Report): Record<string, unknown> {
  const short = ([name, value]: [string, unknown]) => [name, shortened(value)];
  return Object.fromEntries(Object.entries(figures).map(short)) as Record<string, unknown>;
}

/** `1.2 MB`. */
export function shownSize(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  const step = Math.min(units.length - 1, bytes < 1 ? 0 : Math.floor(Math.log10(bytes) / 3));
  return `${(bytes / 1000 ** step).toFixed(step === 0 ? 0 : 1)} ${units[step]}`;
}

/** The largest p99 of several is at least the p99 of all their values, and so for every quantile. */
function together(timings: readonly Timing[]): ReportTiming {
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

function newest(all: readonly CameraStats[]): CameraStats | undefined {
  return all.reduce<CameraStats | undefined>((best, one) => (best === undefined || one.at >= best.at ? one : best), undefined);
}

function timesText({ count, min, mean, p50, p99, max }: ReportTiming): string {
  if (count === 0) return '-';
  const ms = (value: number) => value.toFixed(1);
  return `min ${ms(min)}, mean ${ms(mean)}, p50 ${ms(p50)}, p99 ${ms(p99)}, max ${ms(max)} ms`;
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}

function shortened(value: unknown): unknown {
  if (typeof value === 'number') return Number(value.toFixed(4));
  if (Array.isArray(value) || typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, ms]) => [name, Number(Number(ms).toFixed(1))]));
}
