/** skipRate: keeps every nth picture, or a number of pictures a second. */
import { z } from 'zod';
import { InvalidOption } from '../errors/errors.js';
import { count, options, parseOptions } from '../options.js';
import { type SkipRule, fraction, selectExpression } from '../pictures/skip.js';
import { readNumber } from './common/flag.js';
import type { StepRule } from './common/rule.js';

export interface SkipRateStep { readonly kind: 'skipRate'; readonly rule: SkipRule }

const schema = z.union([count(), options({ fps: z.number().min(0.000001).max(1000) })], {
  error: 'expected a whole number of at least 1, or { fps: a number from 0.000001 to 1000 }',
});

export const skipRateRule: StepRule<SkipRateStep> = {
  schema,
  step(rate) {
    const given = parseOptions('skipRate', schema, rate);
    return { kind: 'skipRate', rule: typeof given === 'number' ? { every: given } : fraction(given.fps) };
  },
  gives: 'pictures',
  inNode: 'time',
  leavesOut: { byTime: ({ rule }) => rule },
  sides: 'as they come',
  filters: ({ rule }, state) => [`select='${selectExpression(rule, state)}'`],
  notReused: 'pictures are left out, which requires decoding',
  defaults: {},
  examples: [3, { fps: 10 }, { fps: 7.5 }],
  cli: {
    flags: [
      {
        flags: '--fps <fps>', sets: 'skipRate.fps', parse: readNumber, defaultText: 'all',
        about: 'frames per second to keep, by media time',
      },
      {
        flags: '--every <n>', sets: 'skipRate.every', setsOptions: [], parse: readNumber, defaultText: 1,
        about: 'keep every nth frame, in place of --fps',
      },
    ],
    options({ fps, every } = {}) {
      if (fps !== undefined && every !== undefined) throw new InvalidOption('--fps and --every given, expected one of them');
      return fps === undefined ? every : { fps };
    },
  },
};
