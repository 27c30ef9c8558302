/** The source as a command expects it: the command is built before the source is open, and a mismatch is found afterwards. */
import { type EncodeStep, sizeAfter } from '../../core/steps/index.js';
import { type Plan, encodeStep, ffmpegSteps, skipRules } from '../../core/plan/plan.js';
import type { PictureSize, Size } from '../../core/pictures/size.js';
import { rateAfter } from '../../core/pictures/skip.js';
import type { KnownFacts } from '../stream/index.js';
import type { Encoder, ExpectedPictures } from './encoder/index.js';
import type { FfmpegFacts } from '../../core/engine/ffmpeg-facts.js';

/** Expected properties of a source. */
export interface Expected {
  /** Properties of the pictures for the encoder. */
  readonly pictures: ExpectedPictures;
  /** Grey whose black is 16: ffmpeg's scaler assumes full range for all grey. */
  readonly isLimitedGrey: boolean;
}

/** An encode step, and the encoder chosen for it. */
export interface Encoding { readonly step: EncodeStep; readonly encoder: Encoder }

/** The encoding of a plan; undefined if the plan does not encode. */
export function encodingOf(plan: Plan, encoder: Encoder | undefined): Encoding | undefined {
  const step = encodeStep(plan);
  return step === undefined || encoder === undefined ? undefined : { step, encoder };
}

/** The expected properties of a source. @param source - known facts about it; empty before it was first open */
export function expectedOf(plan: Plan, source: KnownFacts): Expected {
  const { fps, fpsMeasured = false, guessedFps, pixelFormat = '', color } = source;
  const size = uprightSize(source);
  const keptFps = rateAfter(skipRules(plan), fps);
  const statedFps = guessedFps ?? (fpsMeasured ? undefined : fps);
  return {
    pictures: {
      ...(size !== undefined && { size: sizeAfter(ffmpegSteps(plan), size) }),
      ...(keptFps !== undefined && { fps: keptFps }), ...(statedFps !== undefined && { statedFps }),
    },
    isLimitedGrey: pixelFormat.startsWith('gray') && color?.range === 'tv',
  };
}

/** The size of the upright picture: a rotation by 90 or 270 degrees swaps the sides of the picture, and those of its pixels. */
function uprightSize({ width, height, sampleAspectRatio, rotation = 0 }: KnownFacts): PictureSize | undefined {
  if (width === undefined || height === undefined) return undefined;
  if (rotation % 180 === 0) return { width, height, sampleAspectRatio };
  return { width: height, height: width, sampleAspectRatio: sampleAspectRatio?.split(':').reverse().join(':') };
}

/** Whether a command that was built for the assumed properties suits the actual ones. */
export function suitsSource(assumed: Expected, actual: Expected, encoding: Encoding | undefined, facts: FfmpegFacts): boolean {
  if (assumed.isLimitedGrey !== actual.isLimitedGrey) return false;
  if (encoding === undefined) return true;
  const { encoder, step } = encoding;
  const settings = ({ pictures }: Expected) => [encoder.options(step, facts, pictures), paddingOf(encoder, pictures)];
  return JSON.stringify(settings(assumed)) === JSON.stringify(settings(actual));
}

/** Samples that an encoder needs to the right of and below a picture; undefined if it needs none. */
export function paddingOf(encoder: Encoder, pictures: ExpectedPictures): Size | undefined {
  const { size } = pictures;
  const min = encoder.minSide?.(pictures) ?? 0;
  if (size === undefined || Math.min(size.width, size.height) >= min) return undefined;
  return { width: Math.max(0, min - size.width), height: Math.max(0, min - size.height) };
}

/** The visible size of a stream with padding; undefined without padding: then it is the stream's own size. */
export function shownSize(encoder: Encoder, { pictures }: Expected): Size | undefined {
  return paddingOf(encoder, pictures) === undefined ? undefined : pictures.size;
}
