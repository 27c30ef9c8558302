/** The interface of an encoder: the only thing that a new one adds, besides its line in the index. */
import type { Codec } from '../../../core/frame/frame.js';
import type { EncodeStep, EncodeH265Step, Hardware } from '../../../core/steps/index.js';
import type { FfmpegFacts } from '../../../core/engine/ffmpeg-facts.js';
import type { Size } from '../../../core/pictures/size.js';

/** The pictures that an encoder gets, as far as they are known when its process starts. */
export interface ExpectedPictures {
  readonly size?: Size;
  /** Pictures a second. */
  readonly fps?: number;
  /** What ffmpeg tells the encoder by itself; absent where that is no rate. */
  readonly statedFps?: number;
}

export interface Encoder<S extends EncodeStep = EncodeStep> {
  /** As ffmpeg calls it. */
  readonly name: string;
  readonly codec: S['codec'] & Codec;
  /** Absent for software. */
  readonly hardware?: Hardware;
  /** Platforms that have it, by Node's names. */
  readonly platforms?: readonly NodeJS.Platform[];
  /** Pixel format of the pictures that it takes. */
  readonly pixelFormat: string;
  /** A filter that makes the colours what it takes them to be, before the pixel format. */
  readonly conversion?: string;
  /** Options before the inputs, where a device must be opened. */
  readonly globalOptions?: readonly string[];
  /** Filters after scaling. */
  readonly filters?: readonly string[];
  /** Options of the output stream; `:v:1` and the like are put on by the command. */
  options(step: S, facts: FfmpegFacts, pictures: ExpectedPictures): Readonly<Record<string, string>>;
  /** The least side of a picture. A smaller one is padded, and the stream says what is to be cut off: H.265 alone can. */
  leastSide?(pictures: ExpectedPictures): number;
}

/** Options that every H.265 encoder of ffmpeg takes for where keyframes stand. */
export function keyframeOptions(step: EncodeH265Step): Record<string, string> {
  if (step.mode === 'frame') return { force_key_frames: 'expr:1' };
  if (typeof step.chunk === 'object' && 'ms' in step.chunk) {
    // Since the last one, and not by counting: after a time without pictures nothing is made up for.
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

/** Keyframes are forced, so this only has to be longer. x265 with 1 would leave the Main profile. */
const FORCED_KEYINT = 10_000;
