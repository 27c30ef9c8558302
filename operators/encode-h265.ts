/** encodeH265: encodes pictures as H.265 access units. */
import type { OperatorFunction } from 'rxjs';
import { withStepOn } from '../src/camera/index.js';
import { type Chunk, type Hardware, type PRESETS, STEPS } from '../src/core/steps/index.js';
import type { EncodeMode, EncodedFrame, Frame } from '../src/core/frame/frame.js';

/** Modes of encoding. */
export type EncodeH265Config = FrameModeConfig | StreamModeConfig;

/** All options of encodeH265. */
interface H265Options {
  /**
   * `frame` (default): every access unit is an IDR picture with its VPS, SPS and PPS and decodes alone.
   * `stream` (a third of the bytes or less): closed GOPs of access units.
   */
  readonly mode?: EncodeMode | undefined;
  /** Constant rate factor, 0 (lossless) to 51 (worst). Default 23. */
  readonly crf?: number | undefined;
  /** Preset of x265. Default `ultrafast` with rxcam's own settings; `superfast` needs six times the CPU for 16 % fewer bytes. */
  readonly preset?: (typeof PRESETS)[number] | undefined;
  /** Stream mode: pictures from one keyframe to the next. Default 50, or the number of frames of `chunk: { frames }`. */
  readonly gop?: number | undefined;
  /** Stream mode: the contents of a message: a number of frames, a time in ms, or a GOP, from a keyframe on. Default: one access unit. */
  readonly chunk?: Chunk | undefined;
  /**
   * `true` uses the first hardware encoder that works, a name uses that encoder; each is tried with one picture first.
   * If none works, x265 is used, and an `encoder` event states the reason. Default false.
   */
  readonly hardware?: boolean | Hardware | undefined;
  /**
   * Stream mode: whether to send the source's own access units, without decoding, if the source is H.265 of the right
   * size. An `encoder` event states `copy`, or the reason to encode. Default false.
   */
  readonly reuse?: boolean | undefined;
}

/** Frame mode, the default: `gop`, `chunk` and `reuse` do not compile. */
interface FrameModeConfig extends Omit<H265Options, 'mode' | 'gop' | 'chunk' | 'reuse'> {
  readonly mode?: 'frame' | undefined;
  readonly gop?: undefined;
  readonly chunk?: undefined;
  readonly reuse?: undefined;
}

/** Stream mode. */
interface StreamModeConfig extends H265Options { readonly mode: 'stream' }

/**
 * Encodes every picture; one access unit, or one chunk of them, is one value.
 *
 * ```
 *      -A-B-C-D-|
 *          encodeH265({ mode: 'stream', chunk: { frames: 2 } })
 *      ---x---y-|        x = access units of A and B, from a keyframe on
 * ```
 *
 * Output is 8-bit 4:2:0, Main profile, Annex B. The encoder delays no picture: no lookahead, no B-frames. After a camera or
 * another step of rxcam it becomes part of the same ffmpeg process; on other frames it runs one child, fed with raw video.
 *
 * Errors and completion pass, after the chunk in progress. Unsubscribing ends the process; pictures in the encoder
 * then count as dropped, cause `stopped`.
 *
 * @example
 * ```ts
 * camera('test:').pipe(encodeH265({ mode: 'frame', crf: 23 }))
 * ```
 * @returns a Capture of access units
 * @throws InvalidOption for a wrong mode, a crf out of 0 to 51, or options of stream mode in frame mode
 * @see toMessage
 */
export function encodeH265(config: EncodeH265Config = {}): OperatorFunction<Frame, EncodedFrame> {
  const step = STEPS.encodeH265.step(config);
  return (source) => withStepOn<EncodedFrame>(source, step);
}
