/** libx265, tuned for one camera among many: one thread, no picture held back, no repeated information. */
import type { H265Step } from '../../plan.js';
import type { FfmpegFacts } from '../../ffmpeg-facts.js';
import { type Encoder, keyframeOptions, keyint } from './encoder.js';

/**
 * Fastest preset: 16x16 coding units alone cost half the CPU of the preset's own, at the same size for the same SSIM
 * (measured with x265 3.5; `rd=0` gives no output at all).
 */
const ULTRAFAST = { ctu: 16, 'min-cu-size': 16, rd: 1 };

/** ffmpeg before 5 tells x265 the time base in place of the rate: at µs that would be level 6.1, which refuses small coding units. */
const ASSUMED_FPS = 25;

export const x265: Encoder<H265Step> = {
  name: 'libx265',
  codec: 'h265',
  pixelFormat: 'yuv420p',
  options: (step, facts) => ({
    preset: step.preset,
    tune: 'zerolatency',
    crf: String(step.crf),
    'forced-idr': '1',
    // Where H.265 takes it to be if nothing is said; raw video on stdin can't say.
    chroma_sample_location: 'left',
    ...keyframeOptions(step),
    'x265-params': params(step, facts),
  }),
};

function params(step: H265Step, facts: FfmpegFacts): string {
  const all = {
    'log-level': 'error',
    // VPS, SPS and PPS at every keyframe, and no SEI of 2 kB that names the encoder.
    'repeat-headers': 1, annexb: 1, info: 0,
    // A change of scene makes no keyframe of its own; nothing waits for later pictures.
    scenecut: 0, bframes: 0, 'rc-lookahead': 0, 'open-gop': 0,
    keyint: keyint(step), 'min-keyint': Math.min(keyint(step), step.gop),
    // One thread: four frame threads hold back four pictures, and pools cost more CPU for each picture.
    pools: 'none', 'frame-threads': 1, wpp: 0,
    ...(step.preset === 'ultrafast' && ULTRAFAST),
    ...(facts.major < 5 && { fps: ASSUMED_FPS }),
  };
  return Object.entries(all).map(([key, value]) => `${key}=${value}`).join(':');
}
