/** NVIDIA's encoder. */
import type { EncodeH265Step } from '../../../core/steps/index.js';
import { type Encoder, keyframeOptions, keyint } from './encoder.js';

export const nvenc: Encoder<EncodeH265Step> = {
  name: 'hevc_nvenc',
  codec: 'h265',
  hardware: 'nvenc',
  platforms: ['linux', 'win32'],
  pixelFormat: 'yuv420p',
  options: (step) => ({
    rc: 'vbr', cq: String(step.crf), b: '0', g: String(keyint(step)), bf: '0', delay: '0', zerolatency: '1', 'forced-idr': '1',
    profile: 'main',
    // A muxer may request headers only at the start of the stream, but each message needs them at its keyframe.
    flags: '-global_header',
    ...keyframeOptions(step),
  }),
};
