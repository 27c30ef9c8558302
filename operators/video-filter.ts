/** videoFilter: applies ffmpeg's filters, as your own step. */
import { type FrameOperator, withStepOn } from '../src/camera/index.js';
import { STEPS } from '../src/core/steps/index.js';
import type { PictureSize } from '../src/core/pictures/size.js';

/** The filters, and the size of pictures after them. */
export interface VideoFilterConfig {
  /**
   * One or more video filters as ffmpeg writes them, separated by commas, 1 to 8192 characters: `'eq=brightness=0.06,hue=s=0'`.
   * For each picture, a filter returns one picture with the same media time.
   */
  readonly filter: string;
  /** Returns the size of pictures after the filters, from that before them; both in pixels. Default: the size stays. */
  readonly size?: (before: PictureSize) => PictureSize;
}

/**
 * Applies filters of ffmpeg to every picture.
 *
 * ```
 *      -A-B-C-|          1920x1080
 *          videoFilter({ filter: 'hflip' })
 *      -a-b-c-|          1920x1080, mirrored
 * ```
 *
 * After a camera or another step of rxcam it becomes part of the same ffmpeg process; on other frames it runs one child, fed with
 * raw video. Pictures are upright and have even sides before it. If a side is odd after it, the picture is scaled to the even size below.
 *
 * Pass no text from users or from a network as `filter`: filters such as `drawtext`, `lut3d` and `metadata` read and write any
 * file that the process may. For that reason configuration files, fleets and the command line have no `videoFilter`.
 *
 * A filter or option that ffmpeg does not know, a picture of another size than `size` returns, and a picture at a media time that the
 * filter did not get are InvalidOption errors of the Observable, which `retry` does not retry. A picture that the filter leaves out
 * counts as dropped, with the cause `filter`, and a warning reports it. Other errors and completion pass; unsubscribing ends the process.
 *
 * @example
 * ```ts
 * camera('test:').pipe(videoFilter({ filter: 'transpose=1', size: ({ width, height }) => ({ width: height, height: width }) }))
 * ```
 * @returns a Capture of frames
 * @throws InvalidOption for a text that is not one chain of filters, for filters with several inputs or outputs, and for filters that
 *   change the number, the order or the media time of pictures: the message names the operator to use instead
 * @see crop
 * @see resize
 */
export function videoFilter(config: VideoFilterConfig): FrameOperator {
  const step = STEPS.videoFilter.step(config);
  return (source) => withStepOn(source, step);
}
