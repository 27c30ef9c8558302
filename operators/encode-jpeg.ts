/** encodeJpeg: encodes pictures as JPEG. */
import type { OperatorFunction } from 'rxjs';
import { withStepOn } from '../src/camera/index.js';
import { STEPS } from '../src/core/steps/index.js';
import type { EncodedFrame, Frame } from '../src/core/frame/frame.js';

/** Options of `encodeJpeg`. */
export interface EncodeJpegConfig {
  /** 1 (worst) to 100, a whole number, on the scale of libjpeg. Default 80. */
  readonly quality?: number | undefined;
}

/**
 * Encodes every picture as a JPEG.
 *
 * ```
 *      -A-B-C-|
 *          encodeJpeg({ quality: 80 })
 *      -a-b-c-|          each a whole JFIF picture
 * ```
 *
 * 8-bit 4:2:0 in full range, BT.601, as JFIF specifies. The encoder delays no picture. After a camera or another step of
 * rxcam it becomes part of the same ffmpeg process; on other frames it runs one child, fed with raw video.
 *
 * Errors and completion pass. Unsubscribing ends the process; pictures in the encoder then count as dropped, cause
 * `stopped`.
 *
 * @example
 * ```ts
 * camera('test:').pipe(encodeJpeg({ quality: 80 }))
 * ```
 * @returns a Capture of pictures, each a keyframe, `codec: 'jpeg'`, `mode: 'frame'`
 * @throws InvalidOption for a quality out of 1 to 100
 * @see encodeH265
 */
export function encodeJpeg(config: EncodeJpegConfig = {}): OperatorFunction<Frame, EncodedFrame> {
  const step = STEPS.encodeJpeg.step(config);
  return (source) => withStepOn<EncodedFrame>(source, step);
}
