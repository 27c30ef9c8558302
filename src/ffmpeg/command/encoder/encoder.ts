/** The interface of an encoder. A new encoder implements it and adds a line to the index. */
import type { Codec } from '../../../core/frame/frame.js';
import type { EncodeStep, EncodeH265Step, Hardware } from '../../../core/steps/index.js';
import type { FfmpegFacts } from '../../../core/engine/ffmpeg-facts.js';
import type { Size } from '../../../core/pictures/size.js';

/** The pictures for an encoder, as far as they are known when its process starts. */
export interface ExpectedPictures {
  readonly size?: Size;
  /** Pictures a second. */
  readonly fps?: number;
  /** The rate that ffmpeg gives the encoder; absent if that is not a frame rate. */
  readonly statedFps?: number;
}

export interface Encoder<S extends EncodeStep = EncodeStep> {
  /** ffmpeg's name. */
  readonly name: string;
  readonly codec: S['codec'] & Codec;
  /** Absent for software. */
  readonly hardware?: Hardware;
  /** Platforms that have it: values of `process.platform`. */
  readonly platforms?: readonly NodeJS.Platform[];
  /** Pixel format of the pictures that it takes. */
  readonly pixelFormat: string;
  /** A filter before the pixel format, which converts colours to those that the encoder assumes. */
  readonly conversion?: string;
  /** Options before the inputs, for an encoder that needs a device. */
  readonly globalOptions?: readonly string[];
  /** Filters after scaling. */
  readonly filters?: readonly string[];
  /** Options of the output stream, without stream specifiers such as `:v:1`. */
  options(step: S, facts: FfmpegFacts, pictures: ExpectedPictures): Readonly<Record<string, string>>;
  /** Smallest side of a picture, in pixels. A smaller one is padded, and the stream states the cropping, which only H.265 can. */
  leastSide?(pictures: ExpectedPictures): number;
}

/** Options for the position of keyframes that all H.265 encoders of ffmpeg have. */
export function keyframeOptions(step: EncodeH265Step): Record<string, string> {
  if (step.mode === 'frame') return { force_key_frames: 'expr:1' };
  if (typeof step.chunk === 'object' && 'ms' in step.chunk) {
    // Measured from the last keyframe, so that a gap in the source causes no burst of them.
    return { force_key_frames: `expr:if(isnan(prev_forced_t),1,gte(t-prev_forced_t+${TOLERANCE_S},${step.chunk.ms / 1000}))` };
  }
  return {};
}

/** Media time is whole µs, but ffmpeg compares it as a fraction: 0.4 s may come out below 0.4. */
const TOLERANCE_S = 0.0005;

/** Longest distance between keyframes, in pictures, for the encoder's own counting. */
export function keyint(step: EncodeH265Step): number {
  const isForced = step.mode === 'frame' || (typeof step.chunk === 'object' && 'ms' in step.chunk);
  return isForced ? FORCED_KEYINT : step.gop;
}

/** Keyframes are forced, so this only needs to be longer. With 1, x265 would leave the Main profile. */
const FORCED_KEYINT = 10_000;
