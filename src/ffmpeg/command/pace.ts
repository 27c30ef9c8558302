/**
 * Reads a file at its own pace, by the media time that rxcam gives its pictures. ffmpeg's own pacing (`-re`) follows the times in
 * the file: it reads as fast as possible after they restart, and waits if they jump ahead.
 */
import {
  BehaviorSubject, type Observable, combineLatest, concatMap, defer, dematerialize, distinctUntilChanged, map, materialize, of, timer,
} from 'rxjs';
import { mono } from '../../core/clock.js';
import type { EngineContext, EngineEvent } from '../../core/engine/engine.js';

/** Longest wait for a picture; after a longer gap, pacing starts again; s. */
const MAX_WAIT_S = 60;

/** The filter that paces decoded pictures, after the one that sets their time. */
export const PACING = `realtime=limit=${MAX_WAIT_S}`;

/** Paces copied access units: emits each `captured` when it is due, and delays the events after it. */
export function paced(context: EngineContext, run: (context: EngineContext) => Observable<EngineEvent>): Observable<EngineEvent> {
  return defer(() => {
    const isWaiting$ = new BehaviorSubject(false);
    const paused$ = combineLatest([context.paused$, isWaiting$]).pipe(map(([isPaused, isWaiting]) => isPaused || isWaiting), distinctUntilChanged());
    const pacer = new Pacer();
    return run({ ...context, paused$ }).pipe(
      materialize(),
      // One timer for each picture is cheap at the rate of a file.
      concatMap((event) => {
        const waitMs = event.kind === 'N' && event.value.type === 'captured' ? pacer.msUntil(event.value.pts) : 0;
        if (waitMs <= 0) return of(event);
        isWaiting$.next(true);
        return timer(waitMs).pipe(map(() => {
          isWaiting$.next(false);
          return event;
        }));
      }),
      dematerialize(),
    );
  });
}

/** Due times of pictures, on the monotonic clock: as far from that of the first picture as their media times are. */
class Pacer {
  /** Monotonic time at media time 0. */
  #startMs: number | undefined;

  msUntil(pts: number): number {
    // No wait for pictures that an edit list hides.
    if (pts < 0) return 0;
    const nowMs = mono();
    const mediaMs = pts / 1000;
    const waitMs = this.#startMs === undefined ? Infinity : this.#startMs + mediaMs - nowMs;
    if (Math.abs(waitMs) <= MAX_WAIT_S * 1000) return waitMs;
    this.#startMs = nowMs - mediaMs;
    return 0;
  }
}
