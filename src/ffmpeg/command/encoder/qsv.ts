/** Intel Quick Sync. */
import type { EncodeH265Step } from '../../../core/steps/index.js';
import { type Encoder, keyframeOptions, keyint } from './encoder.js';

export const qsv: Encoder<EncodeH265Step> = {
  name: 'hevc_qsv',
  codec: 'h265',
  hardware: 'qsv',
  platforms: ['linux', 'win32'],
  pixelFormat: 'nv12',
  options: (step) => ({
    global_quality: String(Math.round(step.crf)), g: String(keyint(step)), bf: '0', async_depth: '1', look_ahead: '0', forced_idr: '1',
    profile: 'main',
    flags: '-global_header',
    ...keyframeOptions(step),
  }),
};
