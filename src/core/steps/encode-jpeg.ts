/** encodeJpeg: encodes each picture as JPEG. */
import { JPEG } from '../defaults/defaults.js';
import { jpegQuality, options, parseOptions } from '../options.js';
import { readNumber } from './common/flag.js';
import type { Encodes, UnitRule } from './common/rule.js';

export interface EncodeJpegStep extends Encodes {
  readonly kind: 'encodeJpeg';
  readonly codec: 'jpeg';
  readonly mode: 'frame';
  /** 1 (worst) to 100. */
  readonly quality: number;
}

const schema = options({ quality: jpegQuality().default(JPEG.quality) });

export const encodeJpegRule: UnitRule<EncodeJpegStep> = {
  schema,
  step: (config) => ({ kind: 'encodeJpeg', codec: 'jpeg', mode: 'frame', ...parseOptions('encodeJpeg', schema, config) }),
  gives: 'encoded',
  inNode: false,
  leavesOut: 'nothing',
  sides: 'as they come',
  filters: () => [],
  setting: ({ quality }) => ({ quality }),
  gop: () => 1,
  defaults: JPEG,
  examples: [{}],
  cli: {
    codec: 'jpeg',
    shared: [],
    flags: [
      {
        flags: '--quality <n>', sets: 'encodeJpeg.quality', parse: readNumber, defaultText: JPEG.quality,
        about: 'JPEG: 1 (worst) to 100',
      },
    ],
    options: (own = {}) => own,
  },
};
