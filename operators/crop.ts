/** crop: cuts a rectangle out of every picture. */
import { type FrameOperator, withStepOn } from '../src/camera/index.js';
import { STEPS } from '../src/core/steps/index.js';

/** The rectangle: four shares of the picture, all from 0 to 1, or four whole numbers of pixels. */
export interface CropConfig {
  /** Left edge: pixels from 0, or a share of the picture's width. */
  readonly left: number;
  /** Top edge: pixels from 0, or a share of the picture's height. */
  readonly top: number;
  /** Width: pixels, 16 to 16384, or a share of the picture's width above 0. */
  readonly width: number;
  /** Height: pixels, 16 to 16384, or a share of the picture's height above 0. */
  readonly height: number;
}

/**
 * Cuts a rectangle out of every picture.
 *
 * ```
 *      -A-B-C-|          1920x1080
 *          crop({ left: 0.5, top: 0, width: 0.5, height: 1 })
 *      -a-b-c-|          960x1080, the right half
 * ```
 *
 * If all numbers are at most 1, they are shares of the picture; otherwise all four are whole pixels of the picture before this
 * step, which is upright and has even sides. Each edge is rounded to the nearest even pixel, as 4:2:0 needs. If a camera changes
 * its resolution while it runs, its pictures are scaled to the first size, then cut. After a camera or another step of rxcam it
 * becomes part of the same ffmpeg process; on other frames it runs one child, fed with raw video.
 *
 * A rectangle that is not within the picture, or has a side below 16 pixels, is an InvalidOption error of the
 * Observable as soon as the size is known. Other errors and completion pass; unsubscribing ends the process.
 *
 * @example
 * ```ts
 * camera('test:').pipe(crop({ left: 0.25, top: 0.25, width: 0.5, height: 0.5 }))
 * ```
 * @returns a Capture of frames of the rectangle's size
 * @throws InvalidOption for numbers that are neither four shares nor four whole numbers of pixels, shares beyond the picture,
 *   or a side below 16 pixels
 * @see resize
 */
export function crop(config: CropConfig): FrameOperator {
  const step = STEPS.crop.step(config);
  return (source) => withStepOn(source, step);
}
