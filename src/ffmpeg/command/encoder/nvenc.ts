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
    rc: 'vbr', cq: String(step.crf), 'b:v': '0', g: String(keyint(step)), bf: '0', delay: '0', zerolatency: '1', 'forced-idr': '1',
    profile: 'main',
    // The muxer requests headers only at the start of the stream; a message needs them at every keyframe.
    flags: '-global_header',
    ...keyframeOptions(step),
  }),
};
