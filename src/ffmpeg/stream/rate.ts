/**
 * Frame rate of a source. The rate that a source states may be the time base of its container instead (1,000 for WebM, 90,000
 * for MPEG-TS): then the rate is measured from its first pictures, which are held until it is known.
 */
import { type MonoTypeOperatorFunction, Observable, type Subscription, asyncScheduler } from 'rxjs';
import type { EngineEvent, OpenedSource } from '../../core/engine/engine.js';
import type { SourceInfo } from '../../core/frame/frame.js';
import { RATE } from '../../core/defaults/limits.js';

/** The rate in ffmpeg's description of a stream: stated, or guessed if that may be the time base. `25 fps, 25 tbr, 90k tbn` */
export function describedRate(description: string): { readonly fps?: number; readonly guessedFps?: number } {
  const [stated, guessed, base] = ['fps', 'tbr', 'tbn'].map((unit) => rateIn(description, unit));
  const isBase = stated === base && isRate(guessed) && guessed !== stated;
  if (isRate(stated) && !isBase) return { fps: stated };
  if (!isRate(guessed)) return {};
  return guessed === base ? { guessedFps: guessed } : { fps: guessed };
}

function rateIn(description: string, unit: string): number | undefined {
  const [, digits, thousands] = new RegExp(String.raw`, ([\d.]+)(k?) ${unit}\b`).exec(description) ?? [];
  return digits === undefined ? undefined : Number(digits) * (thousands === 'k' ? 1_000 : 1);
}

function isRate(fps: number | undefined): fps is number {
  return fps !== undefined && fps > 0 && fps <= RATE.maxStated;
}

/** The rate of pictures with these times (µs), in any order; undefined for fewer than two. A few gaps and outliers are ignored. */
export function shownRate(times: readonly number[]): number | undefined {
  const sorted = [...times].sort((a, b) => a - b);
  const gaps = sorted.slice(1).map((pts, index) => pts - (sorted[index] ?? 0)).filter((gap) => gap > 0).sort((a, b) => a - b);
  const outer = Math.floor(gaps.length / 10);
  const inner = gaps.slice(outer, gaps.length - outer);
  if (inner.length === 0) return undefined;
  const fps = (1e6 * inner.length) / inner.reduce((sum, gap) => sum + gap, 0);
  const whole = Math.round(fps);
  // Time stamps have jitter; cameras have whole rates.
  return Math.abs(fps - whole) <= whole * RATE.tolerance ? whole : Math.round(fps * 100) / 100;
}

/** Whether pictures are so evenly spaced that a few of them show their rate. */
function isEven(times: readonly number[]): boolean {
  const gaps = times.slice(1).map((pts, index) => pts - (times[index] ?? 0));
  return gaps.length >= RATE.evenGaps && Math.max(...gaps) - Math.min(...gaps) <= RATE.tolerance * Math.min(...gaps);
}

/**
 * Adds the measured rate to `opened` if the source states none.
 * @param before - earlier facts about the source
 * @param see - called with `opened` as soon as it comes, and again with the rate; an error that it throws ends the stream
 */
export function withRate(before: Partial<SourceInfo>, see: (opened: OpenedSource) => void = () => undefined): MonoTypeOperatorFunction<EngineEvent> {
  return (events$) => new Observable((subscriber) => {
    const held = new Held(before);
    let timer: Subscription | undefined;
    const emit = (events: readonly EngineEvent[]) => {
      for (const event of events) {
        if (event.type === 'opened') see(event);
        subscriber.next(event);
      }
    };
    const guarded = (work: () => void) => {
      try {
        work();
      } catch (error) {
        subscriber.error(error);
      }
    };
    const release = () => { guarded(() => { emit(held.release()); }); };
    subscriber.add(events$.subscribe({
      next: (event) => {
        if (held.isReleased && event.type !== 'opened') {
          subscriber.next(event);
          return;
        }
        guarded(() => {
          if (event.type === 'opened') see(event);
          emit(held.take(event));
          // The first picture waits this long at most.
          if (event.type === 'captured' && timer === undefined && !held.isReleased) subscriber.add(timer = asyncScheduler.schedule(release, RATE.waitMs));
        });
      },
      error: (error: unknown) => {
        release();
        subscriber.error(error);
      },
      complete: () => {
        release();
        subscriber.complete();
      },
    }));
  });
}

/** Holds `opened` until the rate is known, and all events after it. */
class Held {
  #opened: Extract<EngineEvent, { type: 'opened' }> | undefined;
  #events: EngineEvent[] = [];
  readonly #times: number[] = [];
  isReleased = false;

  constructor(readonly before: Partial<SourceInfo>) {}

  take(event: EngineEvent): readonly EngineEvent[] {
    if (this.isReleased || !WAITING.has(event.type)) return [event];
    if (event.type === 'opened') this.#opened = event;
    else this.#events.push(event);
    if (event.type === 'captured') this.#times.push(event.pts);
    const isStated = this.#opened !== undefined && (this.#opened.source.fps ?? this.before.fps) !== undefined;
    return isStated || this.#times.length >= RATE.maxPictures || isEven(this.#times) ? this.release() : [];
  }

  release(): readonly EngineEvent[] {
    const events = this.#events;
    const opened = this.#opened;
    this.isReleased = true;
    this.#events = [];
    this.#opened = undefined;
    return opened === undefined ? events : [{ ...opened, source: this.#rated(opened.source) }, ...events];
  }

  #rated(source: Partial<SourceInfo>): Partial<SourceInfo> {
    if (source.fps !== undefined) return source;
    const { fps = shownRate(this.#times), fpsMeasured = this.before.fps === undefined } = this.before;
    return fps === undefined ? source : { ...source, fps, ...(fpsMeasured && { fpsMeasured }) };
  }
}

const WAITING = new Set<EngineEvent['type']>(['opened', 'captured', 'output', 'unchanged', 'changed']);
