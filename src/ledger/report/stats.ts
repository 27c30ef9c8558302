/** Statistics: snapshots of the ledger, with rates over the last window. */
import type { Subscription } from 'rxjs';
import { mono, ticks, wall } from '../../core/clock.js';
import { type Counts, type Shares, sharesOf } from '../counts.js';
import type { DropCause, Place } from '../../core/events.js';
import type { Codec } from '../../core/frame/frame.js';
import { type Timing, timing } from '../histogram.js';
import { type CameraState, type EncoderInUse, type Ledger, inFlight } from '../ledger.js';
import type { Tally } from '../tally.js';

/** Rates per second, over the last window. */
export interface Rates {
  /** Pictures captured. */
  readonly captured: number;
  /** Pictures published. */
  readonly published: number;
  /** Pictures delivered to user code. */
  readonly delivered: number;
  /** Pictures left out by `skipRate` and `skipUnchanged`. */
  readonly skipped: number;
  /** Pictures dropped. */
  readonly dropped: number;
  /** Bytes published. */
  readonly bytes: number;
}

/** One value of `stats$`. Counts are of pictures since the camera's creation or its last reset, all runs together. */
export interface CameraStats extends Counts, Shares {
  /** Wall clock in ms since 1970. */
  readonly at: number;
  /** State of the camera. */
  readonly state: CameraState;
  /** Lost pictures, by cause. */
  readonly dropped: Readonly<Record<DropCause, number>>;
  /** Sum of `dropped`. */
  readonly droppedTotal: number;
  /** Pictures that rxcam holds. */
  readonly inFlight: number;
  /** Pictures that rxcam holds, by place. */
  readonly inFlightBy: Readonly<Record<Place, number>>;
  /** Rates over the last window. */
  readonly rate: Rates;
  /** Time from one picture to the next, in ms. */
  readonly read: Timing;
  /** Time from decoding to the end of encoding, in ms. */
  readonly process: Timing;
  /** Time from request to acknowledgement, in ms. */
  readonly write: Timing;
  /** Time from decoding to acknowledgement, in ms. */
  readonly latency: Timing;
  /** Bytes of the last access unit. */
  readonly frameBytes: number;
  /** Width of the last access unit in pixels; before that, of the source. */
  readonly width: number;
  /** Height of the last access unit in pixels; before that, of the source. */
  readonly height: number;
  /** Total downtime of failures from which the camera has recovered, in ms. */
  readonly downtimeMs: number;
  /** Time of the next attempt, in ms since 1970; only while the camera waits for it. */
  readonly nextAttemptAt?: number;
  /** Code of the last failure. */
  readonly lastError?: string;
  /** The encoder that runs. */
  readonly encoder?: EncoderInUse;
  /** Format of the last access unit. */
  readonly codec?: Codec;
}

const NO_RATES: Rates = { captured: 0, published: 0, delivered: 0, skipped: 0, dropped: 0, bytes: 0 };

/** The statistics of a ledger. */
export function statsOf(ledger: Ledger, rate: Rates = NO_RATES): CameraStats {
  const { counts, dropped, places, times, frameBytes, width, height, downtimeMs } = ledger;
  const { fullRate, skipRate, diffRate } = sharesOf(counts);
  return {
    at: wall(), state: ledger.state, ...counts, dropped, droppedTotal: droppedTotal(ledger),
    inFlight: inFlight(ledger), inFlightBy: places, rate, fullRate, skipRate, diffRate,
    read: timing(times.read), process: timing(times.process), write: timing(times.write), latency: timing(times.latency),
    frameBytes, width, height, downtimeMs,
    ...(ledger.nextAttemptAt !== undefined && { nextAttemptAt: ledger.nextAttemptAt }),
    ...(ledger.lastError !== undefined && { lastError: ledger.lastError }),
    ...(ledger.encoder !== undefined && { encoder: ledger.encoder }),
    ...(ledger.codec !== undefined && { codec: ledger.codec }),
  };
}

/**
 * Emits statistics of a tally: at intervals of `everyMs` while the camera is active, and at once when its state or its encoder changes,
 * its counts are reset, or its last frame reaches its end after the camera stopped. Other changes emit nothing.
 */
export class StatsSampler {
  #isBusy: boolean;
  #state: CameraState | undefined;
  #encoder: string | undefined;
  #resets = 0;
  /** The counts at the last tick, and at the one before it; until the first tick, both at the start of the activity. */
  #window: Mark;
  #longWindow: Mark;
  #ticks: Subscription | undefined;

  constructor(readonly tally: Tally, readonly everyMs: number, readonly emit: (stats: CameraStats) => void) {
    this.#isBusy = tally.isBusy;
    this.#window = this.#longWindow = markOf(tally);
  }

  /** Called when the tally has changed: emits a value if one is due. */
  changed(): void {
    const { state, encoder, resets, isBusy } = this.tally;
    if (state !== this.#state || resets !== this.#resets || isBusy !== this.#isBusy || encoder?.name !== this.#encoder) this.emitNow();
  }

  /** Emits a value now. Rates over a few ms are meaningless, so they include the window before the last tick. */
  emitNow(): void {
    const { state, encoder, resets, isBusy } = this.tally;
    // The camera becomes active: earlier counts belong to no window.
    if (!this.#isBusy) this.#window = this.#longWindow = { ...this.#window, at: mono() };
    this.#state = state;
    this.#encoder = encoder?.name;
    this.#resets = resets;
    this.#isBusy = isBusy;
    this.#emitSince(this.#longWindow);
    if (!isBusy) this.#window = this.#longWindow = markOf(this.tally);
    this.#tick();
  }

  stop(): void {
    this.#ticks?.unsubscribe();
    this.#ticks = undefined;
  }

  #tick(): void {
    if (!this.#isBusy) {
      this.stop();
      return;
    }
    this.#ticks ??= ticks(this.everyMs).subscribe(() => {
      const last = this.#window;
      this.#window = markOf(this.tally);
      this.#longWindow = last;
      this.#emitSince(last);
    });
  }

  #emitSince(since: Mark): void {
    this.emit(statsOf(this.tally.snapshot(), rates(since, markOf(this.tally))));
  }
}

/** The counts that rates are computed from, at one time. */
interface Mark extends Rates { readonly at: number }

function markOf({ counts, droppedTotal }: Tally): Mark {
  const { captured, published, delivered, skipped, bytes } = counts;
  return { at: mono(), captured, published, delivered, skipped, dropped: droppedTotal, bytes };
}

function rates(before: Mark, after: Mark): Rates {
  const ms = after.at - before.at;
  const perSecond = (name: keyof Rates) => (ms <= 0 ? 0 : (Math.max(0, after[name] - before[name]) * 1000) / ms);
  return {
    captured: perSecond('captured'), published: perSecond('published'), delivered: perSecond('delivered'),
    skipped: perSecond('skipped'), dropped: perSecond('dropped'), bytes: perSecond('bytes'),
  };
}

function droppedTotal(ledger: Ledger): number {
  return Object.values(ledger.dropped).reduce((sum, one) => sum + one, 0);
}
