/**
 * Detects a source that is lost: no answer, no first picture, a stall, pictures that do not decode. It has one timer, which is set when
 * a phase begins and at the end of each window, but not for each picture.
 */
import { type Observable, type Subscription, asyncScheduler } from 'rxjs';
import { mono } from '../../core/clock.js';
import type { EngineEvent, OpenedSource } from '../../core/engine/engine.js';
import { DecodeFailed, type RxcamError, SourceTimeout, Stalled } from '../../core/errors/errors.js';

/** Time limits of a source, as in the options of `camera`. */
export interface LivenessLimits {
  readonly connectTimeoutMs: number;
  readonly firstFrameTimeoutMs: number;
  readonly readWindowMs: number;
  readonly maxReadFailures: number;
}

/** Receives the watchdog's findings. */
export interface WatchdogHost {
  /** Called for each read failure: the decoder rejected an access unit, or a window passed without a picture. `inRow`: since the last picture. */
  readFailed(inRow: number, reason: string): void;
  /** Called once, when the source is lost. */
  lost(error: RxcamError): void;
}

type Phase = 'connecting' | 'waiting' | 'flowing';

/** Number of gaps between pictures from which their rate is learned. */
const MIN_GAPS = 3;

export class Watchdog {
  #phase: Phase = 'connecting';
  /** When the phase began; monotonic time in ms. */
  #phaseSince = mono();
  /** Length of a window by the rate that the source states; ms. */
  #statedWindowMs: number | undefined;
  /** When the window began, and when the last picture arrived; monotonic time in ms. */
  #windowSince = 0;
  #lastAt = 0;
  #lastPts: number | undefined;
  readonly #gapsMs: number[] = [];
  #isPaused = false;
  #isOver = false;
  #timer: Subscription | undefined;
  #pauses: Subscription | undefined;
  /** Read failures since the last picture, and the number of them that the decoder reported. */
  #failuresInRow = 0;
  #rejectedInRow = 0;
  /** Access units that the decoder has rejected in this attempt. */
  #rejected = 0;
  #lastReason = '';

  constructor(readonly limits: LivenessLimits, readonly host: WatchdogHost) {}

  /** @param paused$ - emits on subscription; while its last value is true, no time limit applies */
  start(paused$: Observable<boolean>): void {
    this.#restartTimer();
    this.#pauses = paused$.subscribe((paused) => {
      this.#isPaused = paused;
      this.#restartTimer();
    });
  }

  stop(): void {
    this.#isOver = true;
    this.#timer?.unsubscribe();
    this.#pauses?.unsubscribe();
  }

  /** @param pts - media time in µs @param now - monotonic time in ms */
  captured(pts: number, now: number): void {
    this.#lastAt = now;
    if (this.#statedWindowMs === undefined) this.#addGap(pts);
    if (this.#phase !== 'flowing') {
      this.#phase = 'flowing';
      this.#restartTimer();
    }
    this.#failuresInRow = this.#rejectedInRow = 0;
  }

  /** Handles any event except `captured`. */
  handle(event: EngineEvent): void {
    switch (event.type) {
      case 'progress':
        this.#phaseSince = mono();
        this.#restartTimer();
        break;
      case 'connected':
        if (this.#answered()) this.#restartTimer();
        break;
      case 'opened':
        this.#answered();
        this.#opened(event);
        this.#restartTimer();
        break;
      case 'rejected':
        this.#rejected += 1;
        this.#lastReason = event.reason;
        // Before the first picture it is not a failure, because the decoder rejects access units until the first keyframe.
        if (this.#phase === 'flowing') this.#readFailed(event.reason, 1);
        break;
      default:
    }
  }

  /** Ends the phase `connecting`. Returns false if it has already ended. */
  #answered(): boolean {
    if (this.#phase !== 'connecting') return false;
    this.#phase = 'waiting';
    this.#phaseSince = mono();
    return true;
  }

  #opened({ source: { fps } }: OpenedSource): void {
    if (fps !== undefined && fps > 0) this.#statedWindowMs = Math.max(this.limits.readWindowMs, 3_000 / fps);
  }

  /** Remembers a gap, to learn the rate of a source that does not state it. */
  #addGap(pts: number): void {
    if (this.#lastPts !== undefined) this.#gapsMs.push((pts - this.#lastPts) / 1000);
    if (this.#gapsMs.length > MIN_GAPS) this.#gapsMs.shift();
    this.#lastPts = pts;
  }

  /** The length of a window: at least three frame times. An unstated rate is that of the shortest of the last gaps, which contains no stall. */
  #windowMs(): number {
    if (this.#statedWindowMs !== undefined) return this.#statedWindowMs;
    const isKnown = this.#gapsMs.length === MIN_GAPS;
    return Math.max(this.limits.readWindowMs, isKnown ? 3 * Math.min(...this.#gapsMs) : 0);
  }

  #restartTimer(): void {
    this.#timer?.unsubscribe();
    this.#timer = undefined;
    if (this.#isPaused || this.#isOver) return;
    if (this.#phase === 'flowing') {
      this.#windowSince = mono();
      this.#awaitPicture();
      return;
    }
    const [ms, what] = this.#phase === 'connecting'
      ? [this.limits.connectTimeoutMs, 'no answer'] as const
      : [this.limits.firstFrameTimeoutMs, 'connected, but no frame'] as const;
    // Counted from the beginning of the phase: a restart does not extend the time limit.
    this.#setTimer(this.#phaseSince + ms - mono(), () => { this.#lose(new SourceTimeout(`${what} within ${ms} ms${this.#rejections}`)); });
  }

  /** The decoder's errors, for the message about a source without a picture. */
  get #rejections(): string {
    return this.#rejected === 0 ? '' : `: ${this.#rejected} access units were rejected, the last: ${this.#lastReason}`;
  }

  #awaitPicture(): void {
    const beganAt = Math.max(this.#windowSince, this.#lastAt);
    this.#setTimer(Math.ceil(beganAt + this.#windowMs() - mono()), () => { this.#endWindow(); });
  }

  /** Reports a read failure if no picture arrived in the window, and begins the next window. */
  #endWindow(): void {
    this.#timer = undefined;
    if (mono() - Math.max(this.#windowSince, this.#lastAt) >= this.#windowMs()) {
      this.#windowSince = mono();
      this.#readFailed('no frame within the read window', 0);
    }
    if (this.#needsTimer()) this.#awaitPicture();
  }

  #needsTimer(): boolean {
    return this.#timer === undefined && !this.#isPaused && !this.#isOver;
  }

  #readFailed(reason: string, rejected: 0 | 1): void {
    const inRow = ++this.#failuresInRow;
    const rejectedInRow = this.#rejectedInRow += rejected;
    this.host.readFailed(inRow, reason);
    if (inRow < this.limits.maxReadFailures) return;
    this.#lose(rejectedInRow * 2 > inRow
      ? new DecodeFailed(`${inRow} read failures in a row, the last: ${reason}`)
      : new Stalled(`no frame for ${inRow} read windows in a row`));
  }

  #lose(error: RxcamError): void {
    if (this.#isOver) return;
    this.stop();
    this.host.lost(error);
  }

  #setTimer(delayMs: number, work: () => void): void {
    this.#timer = asyncScheduler.schedule(work, Math.max(0, delayMs));
  }
}
