/** The report of cameras or of received streams: figures for people, such as pictures sent, bytes saved and durations. */
import { type Counts, type Shares, sharesOf } from '../counts.js';
import type { Codec } from '../../core/frame/frame.js';
import { isActiveState } from '../ledger.js';
import { InvalidOption } from '../../core/errors/errors.js';
import { type ReceivedFigures, type ReceivedReport, receivedReport } from './received-report.js';
import type { CameraStats } from './stats.js';
import { type ReportTiming, combineTimings, timesText } from './timings.js';

/** Result of {@link report}. Counts are of pictures since the creation of each camera or its last reset. */
export interface Report extends Shares {
  /** Number of cameras in the report. */
  readonly streams: number;
  /** Number of those that are connecting, streaming, or waiting for the next attempt. */
  readonly activeStreams: number;
  /** Pictures sent with their content: acknowledged by the broker, or delivered to your code. */
  readonly full: number;
  /** Thinned out by `skipRate`. */
  readonly thinned: number;
  /** Found unchanged: not sent, or sent as a reference to the last full one. */
  readonly diff: number;
  /** The sum of `full`, `thinned` and `diff`. */
  readonly total: number;
  /** Not sent in any form, as in the statistics: thinned, or unchanged without a reference. */
  readonly skipped: number;
  /** Pictures lost for any cause; not part of the total. */
  readonly dropped: number;
  /** Bytes published. */
  readonly bytes: number;
  /** An estimate: for each unchanged picture the bytes of the last access unit before it, less those of its reference. */
  readonly bytesSaved: number;
  /** Codecs of the last access units of all cameras, each once. */
  readonly codecs: readonly Codec[];
  /** Size of the last access unit in bytes; of several cameras, of the one whose statistics are the newest. */
  readonly lastFrameBytes: number;
  /** Time from one picture to the next, in ms. */
  readonly read: ReportTiming;
  /** Time from decoding to the end of encoding, in ms. */
  readonly process: ReportTiming;
  /** Time from request to acknowledgement, in ms. */
  readonly write: ReportTiming;
  /** Time from decoding to acknowledgement, in ms. */
  readonly latency: ReportTiming;
}

type Figures = CameraStats | ReceivedFigures;

/**
 * The report of one camera or of several together, or that of received streams.
 *
 * @example
 * ```ts
 * console.log(reportText(report([gate.stats, yard.stats])));
 * console.log(report({ ...messages.stats, verdicts: check.stats }).latencyMs.p99);
 * ```
 * @param stats - `camera.stats`, or values of `stats$`; for received streams the `stats` of `subscribe`, or values of the operator `stats`
 * @throws InvalidOption for cameras and received streams in one list
 */
export function report(stats: CameraStats | readonly CameraStats[]): Report;
export function report(stats: ReceivedFigures | readonly ReceivedFigures[]): ReceivedReport;
export function report(stats: Figures | readonly Figures[]): Report | ReceivedReport {
  const all = 'bytes' in stats ? [stats] : stats;
  const cameras = all.filter((one): one is CameraStats => 'state' in one);
  const streams = all.filter((one): one is ReceivedFigures => !('state' in one));
  if (cameras.length > 0 && streams.length > 0) {
    throw new InvalidOption(`report: ${cameras.length} cameras and ${streams.length} received streams given, expected a report for each kind`);
  }
  return streams.length > 0 ? receivedReport(streams) : cameraReport(cameras);
}

function cameraReport(all: readonly CameraStats[]): Report {
  const sum = (of: (one: CameraStats) => number) => all.reduce((total, one) => total + of(one), 0);
  const count = (name: keyof Counts) => sum((one) => one[name]);
  const [diff, thinned] = [count('diff'), count('thinned')];
  const parts = { published: count('published'), delivered: count('delivered'), references: count('references'), thinned, diff };
  const times = (name: 'read' | 'process' | 'write' | 'latency') => combineTimings(all.map((one) => one[name]));
  return {
    streams: all.length, activeStreams: sum(({ state }) => (isActiveState(state) ? 1 : 0)),
    ...sharesOf(parts), thinned, diff, skipped: count('skipped'),
    dropped: sum(({ droppedTotal }) => droppedTotal),
    bytes: count('bytes'), bytesSaved: count('bytesSaved'),
    codecs: [...new Set(all.flatMap(({ codec }) => codec ?? []))],
    lastFrameBytes: newest(all.filter(({ frameBytes }) => frameBytes > 0))?.frameBytes ?? 0,
    read: times('read'), process: times('process'), write: times('write'), latency: times('latency'),
  };
}

/**
 * A report as text, without a line break at the end: a line of counts, one of bytes or missing messages, and one for each kind of
 * duration.
 */
export function reportText(figures: Report | ReceivedReport): string {
  return 'latencyMs' in figures ? receivedText(figures) : cameraText(figures);
}

function receivedText(figures: ReceivedReport): string {
  const { streams, activeStreams, messages, bytes, messagesPerSecond, bytesPerSecond, latencyMs } = figures;
  return [
    `${activeStreams} of ${streams} streams active, ${messages} messages received, ${sizeText(bytes)}; `
    + `now ${messagesPerSecond.toFixed(1)} messages and ${sizeText(bytesPerSecond)} per second`,
    ...verdictsText(figures),
    `latency ${timesText(latencyMs)}`,
  ].join('\n');
}

function verdictsText({ verdicts, gaps = 0, missing }: ReceivedReport): string[] {
  if (verdicts === undefined || missing === undefined) return [];
  const { whole, repeated, torn, fenced, undecodable } = verdicts;
  const { dropped, lost, expired } = missing;
  const messages = `${whole} whole (${undecodable} undecodable), ${repeated} repeated, ${torn} torn${fenced > 0 ? `, ${fenced} fenced` : ''}`;
  return [`${messages}; ${gaps} gaps: ${dropped} dropped, ${lost} lost, ${expired} expired`];
}

function cameraText(figures: Report): string {
  const { streams, activeStreams, full, thinned, diff, total, fullRate, skipRate, diffRate } = figures;
  const { dropped, bytes, bytesSaved, codecs, lastFrameBytes } = figures;
  return [
    `${activeStreams} of ${streams} streams active, ${total} frames processed: ${full} full (${percent(fullRate)}), `
    + `${thinned} thinned (${percent(skipRate)}), ${diff} unchanged (${percent(diffRate)}); ${dropped} dropped`,
    `${codecs.join(', ') || 'nothing encoded'}: ${sizeText(bytes)} published, ${sizeText(bytesSaved)} saved, last frame ${sizeText(lastFrameBytes)}`,
    ...(['read', 'process', 'write', 'latency'] as const).map((name) => `${name.padEnd(7)} ${timesText(figures[name])}`),
  ].join('\n');
}

/** A report for the log: times rounded to a tenth of a ms, shares to four digits. */
export function reportFacts(figures: Report): Record<string, unknown> {
  return Object.fromEntries(Object.entries(figures).map(([name, value]) => [name, shortened(value)]));
}

/** A number of bytes as text: `1.2 MB`. */
export function sizeText(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  const step = Math.min(units.length - 1, bytes < 1 ? 0 : Math.floor(Math.log10(bytes) / 3));
  return `${(bytes / 1000 ** step).toFixed(step === 0 ? 0 : 1)} ${units[step]}`;
}

function newest(all: readonly CameraStats[]): CameraStats | undefined {
  return all.reduce<CameraStats | undefined>((best, one) => (best === undefined || one.at >= best.at ? one : best), undefined);
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}

function shortened(value: unknown): unknown {
  if (typeof value === 'number') return Number(value.toFixed(4));
  if (Array.isArray(value) || typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, ms]) => [name, Number(Number(ms).toFixed(1))]));
}
