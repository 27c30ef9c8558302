/** Statistics of received messages: counted in place, and emitted as snapshots with rates over the last window. */
import type { Subscription } from 'rxjs';
import { mono, ticks, wall } from '../../core/clock.js';
import type { VerdictCounts } from '../../core/frame/verdict-counts.js';
import { DurationTally } from '../duration-tally.js';
import { type Timing, timing } from '../histogram.js';

/** One value of `stats` over received messages. Counts start at the subscription. */
export interface ReceivedStats {
  /** Wall clock in ms since 1970. */
  readonly at: number;
  /** Messages. */
  readonly received: number;
  /** Bytes of their values. */
  readonly bytes: number;
  /** Messages, bytes and missing messages (those in gaps) per second, over the last window. */
  readonly rate: { readonly messages: number; readonly bytes: number; readonly missing: number };
  /** From the capture of a picture to its reception, in ms, by the clocks of both machines. */
  readonly latency: Timing;
  /** Counts by verdict; absent unless `verify` precedes `stats`. Repeated and torn messages count only if `verify` keeps them. */
  readonly verdicts?: VerdictCounts;
}

/** The counted facts of a message. */
interface CountedMessage {
  readonly value: { readonly length: number };
  readonly verdict?: 'whole' | 'repeated' | 'torn' | 'fenced';
  readonly decodable?: boolean;
  peekCapturedAt(): number | undefined;
}

/** The counted facts of a gap. */
interface CountedGap {
  readonly verdict: 'gap';
  readonly cause: 'dropped' | 'lost' | 'expired' | 'takeover';
  readonly size: number;
}

/** The counts that rates are computed from, at one time. */
interface Mark { readonly at: number; readonly messages: number; readonly bytes: number; readonly missing: number }

/**
 * Counts received messages, and emits statistics: at the first value, then at intervals of `everyMs`, and at once at the first gap
 * since the last tick.
 */
export class ReceivedSampler {
  readonly #latency = new DurationTally();
  readonly #verdicts = { whole: 0, repeated: 0, torn: 0, fenced: 0, undecodable: 0, gaps: 0, dropped: 0, lost: 0, expired: 0, takeovers: 0 };
  #received = 0;
  /** Whether a value had a verdict, or was a gap. */
  #isVerified = false;
  #bytes = 0;
  #missing = 0;
  /** The counts at the last tick, and at the one before it. */
  #window = this.#mark();
  #longWindow = this.#window;
  #ticks: Subscription | undefined;
  #hasEmittedGap = false;

  constructor(readonly everyMs: number, readonly emit: (stats: ReceivedStats) => void) {}

  add(value: CountedMessage | CountedGap): void {
    if (this.#ticks === undefined) this.#start();
    this.#isVerified ||= value.verdict !== undefined;
    const isFirst = this.#received + this.#verdicts.gaps === 0;
    if (value.verdict === 'gap') this.#addGap(value);
    else this.#addMessage(value);
    if (isFirst || (value.verdict === 'gap' && !this.#hasEmittedGap)) this.#emitNow();
    this.#hasEmittedGap ||= value.verdict === 'gap';
  }

  /** Called when the stream has ended: emits the last statistics, if there were any values. */
  end(): void {
    if (this.#ticks !== undefined) this.#emitNow();
  }

  stop(): void {
    this.#ticks?.unsubscribe();
  }

  /** Emits now. Rates over a few ms are meaningless, so they include the window before the last tick. */
  #emitNow(): void {
    this.#emitSince(this.#longWindow);
  }

  #start(): void {
    this.#window = this.#longWindow = this.#mark();
    this.#ticks = ticks(this.everyMs).subscribe(() => {
      const last = this.#window;
      this.#window = this.#mark();
      this.#longWindow = last;
      this.#hasEmittedGap = false;
      this.#emitSince(last);
    });
  }

  #addMessage(message: CountedMessage): void {
    const { value, verdict, decodable } = message;
    this.#received++;
    this.#bytes += value.length;
    const capturedAt = message.peekCapturedAt();
    if (capturedAt !== undefined) this.#latency.add(wall() - capturedAt);
    if (verdict === undefined) return;
    this.#verdicts[verdict]++;
    if (verdict === 'whole' && decodable === false) this.#verdicts.undecodable++;
  }

  #addGap({ cause, size }: CountedGap): void {
    this.#verdicts.gaps++;
    if (cause === 'takeover') this.#verdicts.takeovers++;
    else this.#verdicts[cause] += size;
    this.#missing += size;
  }

  #emitSince(since: Mark): void {
    const now = this.#mark();
    const ms = now.at - since.at;
    const perSecond = (name: 'messages' | 'bytes' | 'missing') => (ms <= 0 ? 0 : ((now[name] - since[name]) * 1_000) / ms);
    this.emit({
      at: wall(), received: this.#received, bytes: this.#bytes,
      rate: { messages: perSecond('messages'), bytes: perSecond('bytes'), missing: perSecond('missing') },
      latency: timing(this.#latency.snapshot()), ...(this.#isVerified && { verdicts: { ...this.#verdicts } }),
    });
  }

  #mark(): Mark {
    return { at: mono(), messages: this.#received, bytes: this.#bytes, missing: this.#missing };
  }
}
