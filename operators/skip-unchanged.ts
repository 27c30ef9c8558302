/** skipUnchanged: leaves out pictures that look like the last one kept, before they are encoded. */
import type { OperatorFunction } from 'rxjs';
import { withStepOn } from '../src/camera/index.js';
import { STEPS } from '../src/core/steps/index.js';
import type { AnyFrame, ChangedFrame } from '../src/core/frame/frame.js';

/** The size of a change, and the longest time without a picture. */
export interface SkipUnchangedConfig {
  /**
   * Share of full scale, above 0 and at most 0.5, by which the pixels of one block of 8x8 must differ in the mean; a third of
   * all blocks may differ by 5/12 of it. Default 12/255: more than a sensor's noise, less than a moving object.
   */
  readonly threshold?: number | undefined;
  /** Length of a slot of media time in ms; one picture is kept in each, changed or not. Default 10,000; at least 1. */
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
 * Each picture is compared with the last one kept, block by block, so that a slow change counts too; noise does not.
 * The first picture of each capture is kept. After a camera it becomes part of the same ffmpeg process, before the encoder:
 * skipped pictures are not encoded. Place it after `skipRate`, and before or after `resize`. Frames from your own code
 * are compared in Node. Skipped pictures count as `skipped` and as `diff`; `toMessage({ unchanged: 'reference' })` sends
 * a message without content in its place. A chunk of `encodeH265` holds only pictures that are kept.
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
  return (source) => withStepOn<ChangedFrame>(source, step);
}
