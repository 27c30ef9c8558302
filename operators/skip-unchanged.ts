/** skipUnchanged: leaves out what looks like the last picture kept, before anything is spent on encoding it. */
import type { OperatorFunction } from 'rxjs';
import { extend } from '../src/camera/index.js';
import { STEPS } from '../src/core/steps/index.js';
import type { AnyFrame, ChangedFrame } from '../src/core/frame/frame.js';

/** What counts as a change, and how long nothing may come. */
export interface SkipUnchangedConfig {
  /**
   * Share of full scale, above 0 and at most 0.5, by which the pixels of one block of 8x8 must differ in the mean; a third of
   * all blocks may differ by 5/12 of it. Default 12/255: more than a sensor's noise, less than what a moving thing does.
   */
  readonly threshold?: number | undefined;
  /** A picture is kept in each slot of so many ms of media time, changed or not. Default 10,000; at least 1. */
  readonly maxGapMs?: number | undefined;
}

/**
 * Leaves out every picture that looks like the last one kept.
 *
 * ```
 *      -A-a-a-B-b-b-b-C-|        a small letter looks like the large one before it
 *          skipUnchanged()
 *      -A-----B-------C-|
 * ```
 *
 * Each picture is compared with the last one kept, block by block, so that a slow change is seen as well; noise is not.
 * The first picture of each capture is kept. After a camera it becomes part of the same ffmpeg process, before the encoder:
 * what is left out is not encoded. It stands behind `skipRate`, and before or behind `resize`. Frames out of your own code
 * are compared in Node. What is left out is counted as `skipped` and as `diff`; `toMessage({ unchanged: 'reference' })` sends
 * a message without content in its place. A chunk of `encodeH265` holds what is kept alone.
 *
 * Errors and completion pass; unsubscribing unsubscribes from the source; each subscription starts with a picture kept.
 *
 * @example
 * ```ts
 * camera('test:').pipe(skipUnchanged({ maxGapMs: 5_000 }), encodeH265())
 * ```
 * @returns a Capture of the frames kept
 * @throws InvalidOption for a threshold out of 0 to 0.5, a maxGapMs below 1, or another skipUnchanged before it
 * @see toMessage
 */
export function skipUnchanged(config: SkipUnchangedConfig = {}): OperatorFunction<AnyFrame, ChangedFrame> {
  const step = STEPS.skipUnchanged.step(config);
  return (source) => extend<ChangedFrame>(source, step);
}
