/** resize: scales pictures to a size. */
import { type FrameOperator, withStepOn } from '../src/camera/index.js';
import { type ALGORITHMS, type Fit, STEPS } from '../src/core/steps/index.js';

/** The size, in pixels: `width`, `height` or both. If only one is given, the other follows from the aspect of the source. */
export interface ResizeConfig {
  /** Pixels, 16 to 16384; rounded to an even number, as 4:2:0 needs. */
  readonly width?: number | undefined;
  /** Pixels, 16 to 16384; rounded to an even number, as 4:2:0 needs. */
  readonly height?: number | undefined;
  /**
   * If both sides are given: `inside` (default) keeps the aspect within the box, `contain` keeps it and adds black bars,
   * `cover` keeps it and crops the edges, `fill` ignores it.
   */
  readonly fit?: Fit | undefined;
  /** Whether to enlarge smaller pictures. Default false. */
  readonly enlarge?: boolean | undefined;
  /**
   * Whether to make pixels square, so that the size is that of the picture as shown. `false` scales the stored picture,
   * which keeps a `sampleAspectRatio`. Default true.
   */
  readonly squarePixels?: boolean | undefined;
  /** Scaling algorithm. Default `bilinear`. `area` costs the same, `bicubic` and `lanczos` two to three times as much. */
  readonly algorithm?: (typeof ALGORITHMS)[number] | undefined;
}

/**
 * Scales every picture.
 *
 * ```
 *      -A-B-C-|          1920x1080
 *          resize({ width: 640 })
 *      -a-b-c-|          640x360
 * ```
 *
 * The first picture determines the size: if a camera changes its resolution while it runs, its pictures are scaled to
 * the same size as before, so that the encoder continues. After a camera or another step of rxcam it becomes part of the
 * same ffmpeg process; on other frames it runs one child, fed with raw video.
 *
 * Errors and completion pass; unsubscribing ends the process.
 *
 * @example
 * ```ts
 * camera('test:').pipe(resize({ width: 320 }))
 * ```
 * @returns a Capture of frames of the new size
 * @throws InvalidOption for a side out of range, an unknown fit or algorithm, or no side at all
 * @see encodeH265
 */
export function resize(config: ResizeConfig): FrameOperator {
  const step = STEPS.resize.step(config);
  return (source) => withStepOn(source, step);
}
