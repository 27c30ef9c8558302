/** skipRate: lowers the frame rate, before any other work on the pictures. */
import type { OperatorFunction } from 'rxjs';
import { withStepOn } from '../src/camera/index.js';
import { STEPS } from '../src/core/steps/index.js';
import type { AnyFrame, Frame } from '../src/core/frame/frame.js';

/** The frame rate to keep. */
export interface SkipRateConfig {
  /** Frames per second to keep, by media time; above 0. If the source has fewer, every frame is kept. */
  readonly fps: number;
}

/**
 * Keeps every nth picture, or a number of pictures a second.
 *
 * ```
 *      -1-2-3-4-5-6-7-|
 *          skipRate(3)
 *      -1-----4-----7-|
 * ```
 *
 * A number keeps the 1st, (n+1)th, (2n+1)th … picture. `{ fps }` keeps a picture when floor(pts · fps) differs from that
 * of the last one kept: exact on average, for any rate of the source. After a camera or another step of rxcam it
 * becomes part of the same ffmpeg process; on other frames it needs none. Pictures left out count as `skipped`.
 *
 * Errors and completion pass; unsubscribing unsubscribes from the source; each subscription counts from its own start.
 *
 * @example
 * ```ts
 * camera('test:').pipe(skipRate({ fps: 5 }))
 * ```
 * @param rate - keep every nth, or `{ fps }`
 * @returns a Capture of the frames kept
 * @throws InvalidOption for a rate that is neither a whole number of at least 1 nor `{ fps }` above 0
 * @see resize
 */
export function skipRate(rate: number | SkipRateConfig): OperatorFunction<AnyFrame, Frame> {
  const step = STEPS.skipRate.step(rate);
  return (source) => withStepOn<Frame>(source, step);
}
