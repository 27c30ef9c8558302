/** passthrough: sends the source's own H.264 or H.265 access units, without decoding. */
import type { OperatorFunction } from 'rxjs';
import { withStepOn } from '../src/camera/index.js';
import { type Chunk, STEPS } from '../src/core/steps/index.js';
import type { EncodedFrame, SourceFrame } from '../src/core/frame/frame.js';

/** Options of `passthrough`. */
export interface PassthroughConfig {
  /**
   * The contents of a message: at least a number of access units or a time in ms, and all up to the next keyframe; or a GOP.
   * Default: one access unit. Chunks start at the source's own keyframes.
   */
  readonly chunk?: Chunk | undefined;
}

/**
 * Sends the source's own access units, unchanged.
 *
 * ```
 *      -A-B-C-D-|        what the camera has encoded
 *          passthrough()
 *      ---x-y-z-|        x = access unit of B, the first keyframe
 * ```
 *
 * No picture is decoded: it costs a hundredth of encoding, and no quality. Output is Annex B, in decoding order (with B-frames
 * `pts` does not always rise). Each keyframe has all active parameter sets: those that the source does not repeat are inserted
 * before it. Pictures that a file hides (its edit list) are sent with `hidden`.
 * Access units before the first keyframe of a capture can't be decoded: they count as dropped, cause `gop`.
 * `seq` numbers access units; `mode` is `stream`, `encoder` is `copy`, and there is no `crf`.
 *
 * Place it directly after a camera, or after the camera's `retry`: without decoding, pictures can't be skipped or resized. A source that
 * is neither H.264 nor H.265 is an EncoderFailed. Errors and completion pass, after the chunk in progress. Unsubscribing ends the
 * process.
 *
 * @example
 * ```ts
 * camera('rtsp://camera.example.com/stream').pipe(passthrough({ chunk: 'gop' }), retry())
 * ```
 * @returns a Capture of access units
 * @throws InvalidOption for a wrong chunk, or after any other step than a camera and a retry
 * @see encodeH265
 */
export function passthrough(config: PassthroughConfig = {}): OperatorFunction<SourceFrame, EncodedFrame> {
  const step = STEPS.passthrough.step(config);
  return (source) => withStepOn<EncodedFrame>(source, step);
}
