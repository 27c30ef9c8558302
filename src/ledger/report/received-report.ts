/** The report of received streams: plain numbers with their units in their names, for people and for the metrics page. */
import type { Timing } from '../histogram.js';
import type { VerdictCounts } from '../../core/frame/verdict-counts.js';
import { type ReportTiming, combineTimings } from './timings.js';

/** The input of a report: the statistics of `subscribe`, with those of `verify` as `verdicts`, or a value of `stats`. */
export interface ReceivedFigures {
  /** Messages. */
  readonly received: number;
  /** Bytes of their values. */
  readonly bytes: number;
  /** Messages and bytes per second, over the last window. */
  readonly rate: { readonly messages: number; readonly bytes: number };
  /** From the capture of a picture to its reception, in ms. */
  readonly latency: Timing;
  /** `connected` while the broker answers. */
  readonly status?: string;
  /** Number of failed connections. */
  readonly failures?: number;
  /** Messages that are read and not emitted yet, and their bytes. */
  readonly inbox?: { readonly messages: number; readonly bytes: number };
  /** Counts of `verify`. */
  readonly verdicts?: VerdictCounts | undefined;
}

/** Result of {@link report} for received streams: sums over all of them. */
export interface ReceivedReport {
  /** Number of streams in the report. */
  readonly streams: number;
  /** Number of those that are connected; without a status in the statistics, of those at which messages arrive. */
  readonly activeStreams: number;
  /** Messages received. */
  readonly messages: number;
  /** Bytes of these messages. */
  readonly bytes: number;
  /** Messages received per second. */
  readonly messagesPerSecond: number;
  /** Bytes received per second. */
  readonly bytesPerSecond: number;
  /** From the capture of a picture to its reception, in ms. */
  readonly latencyMs: ReportTiming;
  /** Number of failed connections. */
  readonly failures: number;
  /** Messages that are read and not emitted yet. */
  readonly inboxMessages: number;
  /** Bytes of these messages. */
  readonly inboxBytes: number;
  /** Messages by verdict. Absent, like the next two, if none of the streams is verified. */
  readonly verdicts?: Readonly<Record<'whole' | 'repeated' | 'torn' | 'fenced' | 'undecodable', number>>;
  /** Number of gaps. */
  readonly gaps?: number;
  /** Missing messages by cause. */
  readonly missing?: Readonly<Record<'dropped' | 'lost' | 'expired', number>>;
}

/** The report of received streams. */
export function receivedReport(all: readonly ReceivedFigures[]): ReceivedReport {
  const sum = (of: (one: ReceivedFigures) => number | undefined) => all.reduce((total, one) => total + (of(one) ?? 0), 0);
  const count = (name: keyof VerdictCounts) => sum(({ verdicts }) => verdicts?.[name]);
  return {
    streams: all.length, activeStreams: all.filter(isActive).length,
    messages: sum(({ received }) => received), bytes: sum(({ bytes }) => bytes),
    messagesPerSecond: sum(({ rate }) => rate.messages), bytesPerSecond: sum(({ rate }) => rate.bytes),
    latencyMs: combineTimings(all.map(({ latency }) => latency)),
    failures: sum(({ failures }) => failures), inboxMessages: sum(({ inbox }) => inbox?.messages), inboxBytes: sum(({ inbox }) => inbox?.bytes),
    ...(all.some(({ verdicts }) => verdicts !== undefined) && verdictsOf(count)),
  };
}

function verdictsOf(count: (name: keyof VerdictCounts) => number): Required<Pick<ReceivedReport, 'verdicts' | 'gaps' | 'missing'>> {
  return {
    verdicts: { whole: count('whole'), repeated: count('repeated'), torn: count('torn'), fenced: count('fenced'), undecodable: count('undecodable') },
    gaps: count('gaps'), missing: { dropped: count('dropped'), lost: count('lost'), expired: count('expired') },
  };
}

function isActive({ status, rate }: ReceivedFigures): boolean {
  return status === undefined ? rate.messages > 0 : status === 'connected';
}
