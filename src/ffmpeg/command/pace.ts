/**
 * Reads a file at its own pace, by the media time that rxcam gives its pictures. ffmpeg's own pacing (`-re`) follows the times in
 * the file: it races when they restart, and waits when they jump ahead.
 */
import {
  BehaviorSubject, type Observable, combineLatest, concatMap, defer, dematerialize, distinctUntilChanged, map, materialize, of, timer,
} from 'rxjs';
import { mono } from '../../core/clock.js';
import type { EngineContext, EngineEvent } from '../../core/engine/engine.js';

/** Longest wait for a gap without pictures; s. */
const LONGEST_S = 60;

/** The filter that paces decoded pictures, after the one that sets their time. */
export const PACING = `realtime=limit=${LONGEST_S}`;

/** Paces copied access units: emits `captured` when it is due, and delays the events after it. */
export function paced(context: EngineContext, run: (context: EngineContext) => Observable<EngineEvent>): Observable<EngineEvent> {
  return defer(() => {
    const isWaiting$ = new BehaviorSubject(false);
    const paused$ = combineLatest([context.paused$, isWaiting$]).pipe(map(([held, waiting]) => held || waiting), distinctUntilChanged());
    const clock = new Clock();
    return run({ ...context, paused$ }).pipe(
      materialize(),
      // One timer for each picture: a file at its own pace has few.
      concatMap((one) => {
        const ms = one.kind === 'N' && one.value.type === 'captured' ? clock.msUntil(one.value.pts) : 0;
        if (ms <= 0) return of(one);
        isWaiting$.next(true);
        return timer(ms).pipe(map(() => {
          isWaiting$.next(false);
          return one;
        }));
      }),
      dematerialize(),
    );
  });
}

/** The wall-clock time of a media time: the distance from the first one is that of the media times. */
class Clock {
  #offset: number | undefined;

  msUntil(pts: number): number {
    // No wait for pictures that an edit list hides.
    if (pts < 0) return 0;
    const now = mono();
    const due = pts / 1000;
    const wait = this.#offset === undefined ? 0 : this.#offset + due - now;
    if (this.#offset === undefined || Math.abs(wait) > LONGEST_S * 1000) this.#offset = now - due;
    return Math.abs(wait) > LONGEST_S * 1000 ? 0 : wait;
  }
}
