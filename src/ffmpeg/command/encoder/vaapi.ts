/** VA-API: Intel's and AMD's encoders on Linux. */
import type { EncodeH265Step } from '../../../core/steps/index.js';
import { type Encoder, keyframeOptions, keyint } from './encoder.js';

export const vaapi: Encoder<EncodeH265Step> = {
  name: 'hevc_vaapi',
  codec: 'h265',
  hardware: 'vaapi',
  platforms: ['linux'],
  pixelFormat: 'nv12',
  globalOptions: ['-vaapi_device', '/dev/dri/renderD128'],
  filters: ['hwupload'],
  options: (step) => ({
    rc_mode: 'CQP', qp: String(Math.round(step.crf)), g: String(keyint(step)), bf: '0', async_depth: '1', profile: 'main',
    flags: '-global_header',
    ...keyframeOptions(step),
  }),
};
