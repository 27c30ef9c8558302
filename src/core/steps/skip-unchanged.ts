/**
 * skipUnchanged: leaves out pictures that look like the last one kept. mpdecimate drops them silently, so the graph writes a line
 * on stderr for each picture decoded, and one for each that mpdecimate kept; src/ffmpeg/command/comparison-lines.ts reads them.
 */
import { z } from 'zod';
import { type ChangeRule, MARGIN, blockLimits } from '../pictures/change-detector.js';
import { UNCHANGED } from '../defaults/defaults.js';
import { InvalidOption } from '../errors/errors.js';
import { milliseconds, options, parseOptions } from '../options.js';
import { CROP_CORNER, COPY_PICTURE } from './common/filters.js';
import { readNumber } from './common/flag.js';
import type { StepRule } from './common/rule.js';

export interface SkipUnchangedStep extends ChangeRule { readonly kind: 'skipUnchanged' }

const schema = options({
  threshold: z.number().positive().max(0.5).default(UNCHANGED.threshold),
  maxGapMs: milliseconds().min(1).default(UNCHANGED.maxGapMs),
});

export const skipUnchangedRule: StepRule<SkipUnchangedStep> = {
  schema,
  step: (config) => ({ kind: 'skipUnchanged', ...parseOptions('skipUnchanged', schema, config), references: false }),
  gives: 'pictures',
  inNode: 'pixels',
  leavesOut: {
    byChange: (step) => step,
    withReferences: (step) => ({ ...step, references: true }),
  },
  // mpdecimate does not follow a change of size.
  sides: 'even before',
  filters: keptFilters,
  notReused: 'pictures are left out, which requires decoding',
  defaults: { maxGapMs: UNCHANGED.maxGapMs },
  examples: [{}, { maxGapMs: 400 }],
  cli: {
    flags: [
      {
        flags: '--skip-unchanged [share]', sets: 'skipUnchanged.threshold', parse: readNumber, defaultText: 'no; 12/255 without a number',
        about: 'leave out frames that look like the last one kept; the share of full scale by which a block must differ',
      },
      {
        flags: '--max-gap <ms>', sets: 'skipUnchanged.maxGapMs', parse: readNumber, defaultText: UNCHANGED.maxGapMs,
        about: 'with --skip-unchanged: keep one frame in each slot of this many ms, even if unchanged',
      },
    ],
    options(own) {
      if (own === undefined) return undefined;
      const { threshold, ...others } = own;
      if (threshold === undefined) throw new InvalidOption('--max-gap given without --skip-unchanged, expected both');
      // Without a number it is read as true.
      return threshold === true ? others : own;
    },
  },
};

/** Formats that mpdecimate, pad and drawbox of every version support. */
const FORMATS = ['420', '422', '444'].flatMap((form) => [`yuv${form}p`, `yuvj${form}p`]).join('|');

/** Size of the heartbeat's pictures if references are on: grey, 16:9. */
export const THUMBNAIL = { width: 32, height: 18 } as const;

/** The filters of the heartbeat's branch: they shrink pictures, and log a line for each decoded one. */
export function seenFilters({ references }: ChangeRule): string[] {
  const { width, height } = THUMBNAIL;
  return references
    ? [`scale=${width}:${height}:flags=area`, 'format=yuv420p', "lutyuv=y='min(val,254)'", 'blackframe=0:255']
    : [CROP_CORNER, 'format=yuv420p', 'lutyuv=y=0', 'blackframe=0:255'];
}

/** The filters of the pictures: they add a margin, apply mpdecimate, log a line for each picture kept, and remove the margin. */
function keptFilters({ threshold, maxGapMs }: ChangeRule): string[] {
  const { left, right, bottom } = MARGIN;
  const { hi, lo, frac } = blockLimits(threshold);
  return [
    `format=${FORMATS}`,
    COPY_PICTURE,
    `pad=iw+${left + right}:ih+${bottom}:${left}:0`,
    `drawbox=y=ih-${bottom}:h=${bottom}:color=white:t=fill:enable='${toggled(maxGapMs)}'`,
    `mpdecimate=hi=${hi}:lo=${lo}:frac=${frac}`,
    `split[kept][line];[line]${CROP_CORNER},format=yuv420p,blackframe=0:0,nullsink;`
    + `[kept]crop=iw-${left + right}:ih-${bottom}:${left}:0`,
  ];
}

/** An expression that is 1 or 0, and changes at each picture whose slot is not that of the picture before. Variables: 0 slot, 1 result. */
function toggled(maxGapMs: number): string {
  const slot = `floor(t*1000/${maxGapMs})`;
  return `if(eq(${slot},ld(0)),ld(1),st(0,${slot});st(1,1-ld(1)))`;
}
