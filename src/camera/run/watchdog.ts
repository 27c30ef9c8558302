/**
 * Detects a source that is lost: no answer, no first picture, a stall, pictures that do not decode. It has one timer,
 * set when a phase begins and at the end of each window; a picture does not touch it.
 */
import { type Observable, type Subscription, asyncScheduler } from 'rxjs';
import { mono } from '../../core/clock.js';
import type { EngineEvent, OpenedSource } from '../../core/engine/engine.js';
import { DecodeFailed, type RxcamError, SourceTimeout, Stalled } from '../../core/errors/errors.js';

/** Timeouts of a source in ms, and a count. */
export interface LivenessLimits {
  readonly connectTimeoutMs: number;
  readonly firstFrameTimeoutMs: number;
  readonly readWindowMs: number;
  readonly maxReadFailures: number;
}

/** Receives the watchdog's findings. */
export interface WatchdogHost {
  /** A read failure: the decoder rejected an access unit, or a window passed without a picture. `inRow`: since the last picture. */
  readFailed(inRow: number, reason: string): void;
  /** The source is lost. */
  lost(error: RxcamError): void;
}

type Phase = 'connecting' | 'waiting' | 'flowing';

/** Number of gaps between pictures that are needed to know their rate. */
const KNOWN_BY_GAPS = 3;

export class Watchdog {
  #phase: Phase = 'connecting';
  /** When the phase began; monotonic time in ms. */
  #since = mono();
  /** Read window from the source's own rate; ms. */
  #windowMs: number | undefined;
  /** When the window began, and when the last picture arrived; monotonic time in ms. */
  #windowSince = 0;
  #lastAt = 0;
  #lastPts: number | undefined;
  readonly #gapsMs: number[] = [];
  #isPaused = false;
  #isOver = false;
  #timer: Subscription | undefined;
  #pauses: Subscription | undefined;
  /** Read failures since the last picture, and how many of them the decoder reported. */
  #inRow = 0;
  #rejectedInRow = 0;
  #rejected = 0;
  #lastReason = '';

  constructor(readonly limits: LivenessLimits, readonly host: WatchdogHost) {}

  /** @param paused$ - emits on subscription; the clock is paused while it is true */
  start(paused$: Observable<boolean>): void {
    this.#restart();
    this.#pauses = paused$.subscribe((paused) => {
      this.#isPaused = paused;
      this.#restart();
    });
  }

  stop(): void {
    this.#isOver = true;
    this.#timer?.unsubscribe();
    this.#pauses?.unsubscribe();
  }

  /** @param now - monotonic time in ms */
  captured(pts: number, now: number): void {
    this.#lastAt = now;
    if (this.#windowMs === undefined) this.#learn(pts);
    if (this.#phase !== 'flowing') {
      this.#phase = 'flowing';
      this.#restart();
    }
    this.#inRow = this.#rejectedInRow = 0;
  }

  /** Handles any event except `captured`. */
  see(event: EngineEvent): void {
    switch (event.type) {
      case 'progress':
        this.#since = mono();
        this.#restart();
        break;
      case 'connected':
        if (this.#answered()) this.#restart();
        break;
      case 'opened':
        this.#answered();
        this.#opened(event);
        this.#restart();
        break;
      case 'rejected':
        this.#rejected += 1;
        this.#lastReason = event.reason;
        // Not a failure before the first picture: the decoder rejects access units until the first keyframe.
        if (this.#phase === 'flowing') this.#fail(event.reason, 1);
        break;
      default:
    }
  }

  #answered(): boolean {
    if (this.#phase !== 'connecting') return false;
    this.#phase = 'waiting';
    this.#since = mono();
    return true;
  }

  #opened({ source: { fps } }: OpenedSource): void {
    if (fps !== undefined && fps > 0) this.#windowMs = Math.max(this.limits.readWindowMs, 3_000 / fps);
  }

  /** Learns the rate of a source that does not state it. */
  #learn(pts: number): void {
    if (this.#lastPts !== undefined) this.#gapsMs.push((pts - this.#lastPts) / 1000);
    if (this.#gapsMs.length > KNOWN_BY_GAPS) this.#gapsMs.shift();
    this.#lastPts = pts;
  }

  /** The length of a window: at least three frame times, by the shortest of the last gaps, which contains no stall. */
  #window(): number {
    if (this.#windowMs !== undefined) return this.#windowMs;
    const isKnown = this.#gapsMs.length === KNOWN_BY_GAPS;
    return Math.max(this.limits.readWindowMs, isKnown ? 3 * Math.min(...this.#gapsMs) : 0);
  }

  #restart(): void {
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
    // Events of the source do not extend the time.
    this.#arm(this.#since + ms - mono(), () => { this.#lose(new SourceTimeout(`${what} within ${ms} ms${this.#rejections}`)); });
  }

  /** The decoder's errors, for a source without a picture. */
  get #rejections(): string {
    return this.#rejected === 0 ? '' : `: ${this.#rejected} access units were rejected, the last: ${this.#lastReason}`;
  }

  #awaitPicture(): void {
    const begunAt = Math.max(this.#windowSince, this.#lastAt);
    this.#arm(Math.ceil(begunAt + this.#window() - mono()), () => { this.#windowEnds(); });
  }

  /** A window without a picture is a failure; the next one begins, unless the failure has already started it. */
  #windowEnds(): void {
    this.#timer = undefined;
    if (mono() - Math.max(this.#windowSince, this.#lastAt) >= this.#window()) {
      this.#windowSince = mono();
      this.#fail('no frame within the read window', 0);
    }
    if (this.#isIdle()) this.#awaitPicture();
  }

  #isIdle(): boolean {
    return this.#timer === undefined && !this.#isPaused && !this.#isOver;
  }

  #fail(reason: string, rejected: 0 | 1): void {
    const inRow = ++this.#inRow;
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

  #arm(delayMs: number, work: () => void): void {
    this.#timer = asyncScheduler.schedule(work, Math.max(0, delayMs));
  }
}
