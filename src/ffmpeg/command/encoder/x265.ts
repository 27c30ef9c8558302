/** libx265, tuned for one camera among many: one thread, no delayed pictures, no information SEI. */
import type { EncodeH265Step } from '../../../core/steps/index.js';
import type { FfmpegFacts } from '../../../core/engine/ffmpeg-facts.js';
import { type Encoder, type ExpectedPictures, keyframeOptions, keyint } from './encoder.js';
import { allowsSmallUnits, highestRate } from './level.js';

/**
 * For the fastest preset: coding units of a single size take half the CPU time of the preset's own, at the same bytes and SSIM
 * (measured with x265 3.5; `rd=0` gives no output at all). The smallest are best, if the level allows them.
 */
const ULTRAFAST = { rd: 1, 'lookahead-slices': 0 };
const SMALL_UNIT = 16;
const LARGE_UNIT = 32;
/** Side of the coding units of the other presets. */
const PRESET_UNIT = 64;

/** The rate given to x265 if none is known. */
const ASSUMED_FPS = 25;

export const x265: Encoder<EncodeH265Step> = {
  name: 'libx265',
  codec: 'h265',
  pixelFormat: 'yuv420p',
  options: (step, facts, pictures) => ({
    preset: step.preset,
    tune: 'zerolatency',
    crf: String(step.crf),
    'forced-idr': '1',
    // H.265's own default, set because raw video on stdin states none.
    chroma_sample_location: 'left',
    ...keyframeOptions(step),
    'x265-params': params(step, facts, pictures),
  }),
  // A picture has at least one coding unit.
  minSide: smallestUnit,
};

function params(step: EncodeH265Step, facts: FfmpegFacts, pictures: ExpectedPictures): string {
  const fps = rateForX265(facts, pictures);
  const all = {
    // x265 logs the reason of a refusal as a warning.
    'log-level': 'warning',
    // VPS, SPS and PPS at every keyframe, and no SEI of 2 kB with the encoder's settings.
    'repeat-headers': 1, annexb: 1, info: 0,
    // A scene change adds no keyframe; no picture waits for later ones.
    scenecut: 0, bframes: 0, 'rc-lookahead': 0, 'open-gop': 0,
    keyint: keyint(step), 'min-keyint': Math.min(keyint(step), step.gop),
    // One thread: four frame threads delay pictures by four, and thread pools take more CPU time for each picture.
    pools: 'none', 'frame-threads': 1, wpp: 0,
    ...(step.preset === 'ultrafast' ? ultrafastUnits(pictures) : presetUnits(pictures)),
    ...(fps !== undefined && { fps }),
  };
  return Object.entries(all).map(([key, value]) => `${key}=${value}`).join(':');
}

function ultrafastUnits(pictures: ExpectedPictures): Record<string, number> {
  const unit = smallestUnit(pictures);
  return { ctu: unit, 'min-cu-size': unit, 'max-tu-size': unit, ...ULTRAFAST };
}

/** The preset's own coding units, except for pictures smaller than one. */
function presetUnits(pictures: ExpectedPictures): Record<string, number> {
  const { size } = pictures;
  if (size === undefined || Math.min(size.width, size.height) >= PRESET_UNIT) return {};
  const unit = Math.min(size.width, size.height) >= LARGE_UNIT ? LARGE_UNIT : smallestUnit(pictures);
  return { ctu: unit, 'max-tu-size': unit };
}

function smallestUnit(pictures: ExpectedPictures): number {
  return isSmallAllowed(pictures) ? SMALL_UNIT : LARGE_UNIT;
}

function isSmallAllowed({ size, fps = ASSUMED_FPS }: ExpectedPictures): boolean {
  return size === undefined || allowsSmallUnits(size, fps);
}

/**
 * The rate for x265, which determines level and quantiser; undefined if the rate that ffmpeg passes is right. Before version 5, ffmpeg
 * passes the time base (µs would mean level 6.1), and it passes the source's rate even if pictures are left out.
 */
function rateForX265({ major }: FfmpegFacts, pictures: ExpectedPictures): number | undefined {
  const { size, fps, statedFps } = pictures;
  const isSmall = isSmallAllowed(pictures);
  const highest = size === undefined ? Infinity : Math.floor(highestRate(size));
  if (major < 5) return isSmall ? ASSUMED_FPS : fps ?? ASSUMED_FPS;
  if (size === undefined && statedFps === undefined) return undefined;
  if (statedFps === undefined) return fps === undefined || isNearAssumed(fps) ? ASSUMED_FPS : fps;
  return isSmall && statedFps > highest ? highest : undefined;
}

/** Whether a measured rate is near the assumed one, so that ffmpeg need not restart with another setting. */
function isNearAssumed(fps: number): boolean {
  return fps > ASSUMED_FPS / 1.5 && fps < ASSUMED_FPS * 1.5;
}
