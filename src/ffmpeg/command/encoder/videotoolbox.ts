/** Apple's encoder. */
import type { EncodeH265Step } from '../../../core/steps/index.js';
import { type Encoder, keyframeOptions, keyint } from './encoder.js';

/** Its quality is 1 to 100 (best); a CRF is 0 (best) to 51. */
const quality = (crf: number) => String(Math.round(100 - (crf / 51) * 99));

export const videotoolbox: Encoder<EncodeH265Step> = {
  name: 'hevc_videotoolbox',
  codec: 'h265',
  hardware: 'videotoolbox',
  platforms: ['darwin'],
  pixelFormat: 'nv12',
  options: (step) => ({
    q: quality(step.crf), g: String(keyint(step)), bf: '0', realtime: '1', allow_sw: '0', profile: 'main',
    flags: '-global_header',
    ...keyframeOptions(step),
  }),
};
