/**
 * Determines the frame rate of a source. The stated rate may be the time base of the container instead (1,000 for WebM, 90,000 for
 * MPEG-TS): then the rate is measured from the first pictures, which are held until it is known.
 */
import { type MonoTypeOperatorFunction, Observable, type Subscription, asyncScheduler } from 'rxjs';
import type { EngineEvent, OpenedSource } from '../../core/engine/engine.js';
import type { SourceInfo } from '../../core/frame/frame.js';
import { RATE } from '../../core/defaults/limits.js';

/** The rate in ffmpeg's description of a stream, `25 fps, 25 tbr, 90k tbn`: stated, or only guessed if it may be the time base. */
export function describedRate(description: string): { readonly fps?: number; readonly guessedFps?: number } {
  const [stated, guessed, base] = ['fps', 'tbr', 'tbn'].map((unit) => rateIn(description, unit));
  const isTimeBase = stated === base && isRate(guessed) && guessed !== stated;
  if (isRate(stated) && !isTimeBase) return { fps: stated };
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

/** The rate of pictures with these times (µs), in any order; undefined for fewer than two. The shortest and longest distances are ignored. */
export function measuredRate(times: readonly number[]): number | undefined {
  const sorted = [...times].sort((a, b) => a - b);
  const gaps = sorted.slice(1).map((pts, index) => pts - (sorted[index] ?? 0)).filter((gap) => gap > 0).sort((a, b) => a - b);
  const ignored = Math.floor(gaps.length / 10);
  const typical = gaps.slice(ignored, gaps.length - ignored);
  if (typical.length === 0) return undefined;
  const fps = (1e6 * typical.length) / typical.reduce((sum, gap) => sum + gap, 0);
  const whole = Math.round(fps);
  // Time stamps have jitter, and cameras have whole rates.
  return Math.abs(fps - whole) <= whole * RATE.tolerance ? whole : Math.round(fps * 100) / 100;
}

/** Whether pictures are so evenly spaced that a few of them are enough to measure their rate. */
function isEven(times: readonly number[]): boolean {
  const gaps = times.slice(1).map((pts, index) => pts - (times[index] ?? 0));
  return gaps.length >= RATE.evenGaps && Math.max(...gaps) - Math.min(...gaps) <= RATE.tolerance * Math.min(...gaps);
}

/**
 * Adds the measured rate to `opened` if the source states none; holds `opened` and the pictures until it is known.
 * @param before - earlier facts about the source
 * @param onOpened - called with `opened` as soon as it arrives, and again with the rate; an error that it throws ends the stream
 */
export function withRate(
  before: Partial<SourceInfo>, onOpened: (opened: OpenedSource) => void = () => undefined,
): MonoTypeOperatorFunction<EngineEvent> {
  return (events$) => new Observable((subscriber) => {
    const held = new HeldEvents(before);
    let timer: Subscription | undefined;
    const emit = (events: readonly EngineEvent[]) => {
      for (const event of events) {
        if (event.type === 'opened') onOpened(event);
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
          if (event.type === 'opened') onOpened(event);
          emit(held.add(event));
          // The first picture waits no longer than this.
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

/** Events that are held until the rate is known. */
class HeldEvents {
  #opened: Extract<EngineEvent, { type: 'opened' }> | undefined;
  #events: EngineEvent[] = [];
  readonly #times: number[] = [];
  isReleased = false;

  constructor(readonly before: Partial<SourceInfo>) {}

  /** Holds an event, or returns the events to emit. */
  add(event: EngineEvent): readonly EngineEvent[] {
    if (this.isReleased || !WAITING.has(event.type)) return [event];
    if (event.type === 'opened') this.#opened = event;
    else this.#events.push(event);
    if (event.type === 'captured') this.#times.push(event.pts);
    const isStated = this.#opened !== undefined && (this.#opened.source.fps ?? this.before.fps) !== undefined;
    return isStated || this.#times.length >= RATE.maxPictures || isEven(this.#times) ? this.release() : [];
  }

  /** Returns the held events, `opened` first, with the rate if it is known. */
  release(): readonly EngineEvent[] {
    const events = this.#events;
    const opened = this.#opened;
    this.isReleased = true;
    this.#events = [];
    this.#opened = undefined;
    return opened === undefined ? events : [{ ...opened, source: this.#withRate(opened.source) }, ...events];
  }

  #withRate(source: Partial<SourceInfo>): Partial<SourceInfo> {
    if (source.fps !== undefined) return source;
    const { fps = measuredRate(this.#times), fpsMeasured = this.before.fps === undefined } = this.before;
    return fps === undefined ? source : { ...source, fps, ...(fpsMeasured && { fpsMeasured }) };
  }
}

/** Events that must not be emitted before `opened`. */
const WAITING = new Set<EngineEvent['type']>(['opened', 'captured', 'output', 'unchanged', 'changed']);
