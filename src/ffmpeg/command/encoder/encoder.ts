/** The interface of an encoder: a new one implements it, and is added to the list in index.ts. */
import type { Codec } from '../../../core/frame/frame.js';
import type { EncodeStep, EncodeH265Step, Hardware } from '../../../core/steps/index.js';
import type { FfmpegFacts } from '../../../core/engine/ffmpeg-facts.js';
import type { Size } from '../../../core/pictures/size.js';

/** The pictures for an encoder, as far as they are known when its process starts. */
export interface ExpectedPictures {
  readonly size?: Size;
  /** Frames per second of the pictures that are kept. */
  readonly fps?: number;
  /** The rate that ffmpeg itself passes to the encoder; absent if that is not a frame rate. */
  readonly statedFps?: number;
}

/** An encoder of ffmpeg. */
export interface Encoder<S extends EncodeStep = EncodeStep> {
  /** ffmpeg's name. */
  readonly name: string;
  readonly codec: S['codec'] & Codec;
  /** Absent for software. */
  readonly hardware?: Hardware;
  /** Platforms on which it is tried: values of `process.platform`. */
  readonly platforms?: readonly NodeJS.Platform[];
  /** Pixel format of its input. */
  readonly pixelFormat: string;
  /** A filter before the pixel format, which converts colours to those that the encoder assumes. */
  readonly conversion?: string;
  /** Options before the inputs, for an encoder that needs a device. */
  readonly globalOptions?: readonly string[];
  /** Filters after the pixel format. */
  readonly filters?: readonly string[];
  /** Options of the output stream, without stream specifiers such as `:v:1`. */
  options(step: S, facts: FfmpegFacts, pictures: ExpectedPictures): Readonly<Record<string, string>>;
  /** Smallest side of a picture, in pixels. A smaller one is padded, and the stream states the cropping, which only H.265 can. */
  minSide?(pictures: ExpectedPictures): number;
}

/** Added to a time before a comparison: media time is whole µs, but ffmpeg compares it as a fraction, in which 0.4 s may be below 0.4. */
const TOLERANCE_S = 0.0005;

/** Options for the positions of keyframes, which all H.265 encoders of ffmpeg have. */
export function keyframeOptions(step: EncodeH265Step): Record<string, string> {
  if (step.mode === 'frame') return { force_key_frames: 'expr:1' };
  if (typeof step.chunk === 'object' && 'ms' in step.chunk) {
    // Measured from the last keyframe, so that a gap in the source causes no burst of them.
    return { force_key_frames: `expr:if(isnan(prev_forced_t),1,gte(t-prev_forced_t+${TOLERANCE_S},${step.chunk.ms / 1000}))` };
  }
  return {};
}

/** The distance between forced keyframes is shorter than this. A distance of 1 would take x265 out of the Main profile. */
const FORCED_KEYINT = 10_000;

/** Longest distance between keyframes, in pictures, as the encoder itself counts them. */
export function keyint(step: EncodeH265Step): number {
  const isForced = step.mode === 'frame' || (typeof step.chunk === 'object' && 'ms' in step.chunk);
  return isForced ? FORCED_KEYINT : step.gop;
}
