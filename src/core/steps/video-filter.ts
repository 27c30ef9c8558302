/** videoFilter: a chain of ffmpeg's filters that the user has written. Only ffmpeg knows what it does, so it is checked when it runs. */
import { z } from 'zod';
import { InvalidOption } from '../errors/errors.js';
import { callback, options, parseOptions } from '../options.js';
import { SIDES, type PictureSize, evenBelow } from '../pictures/size.js';
import { redactValue } from '../redact/redact.js';
import { UnreadableChain, readChain } from './common/filter-chain.js';
import { EVEN_SIDES, MICROSECONDS } from './common/filters.js';
import type { StepRule } from './common/rule.js';
import { whyUnsuitable } from './common/unsuitable-filters.js';

/** Computes the size of pictures after a step from the size before it. */
type SizeChange = (before: PictureSize) => PictureSize;

export interface VideoFilterStep {
  readonly kind: 'videoFilter';
  readonly filter: string;
  /** Undefined: the size stays. */
  readonly size?: SizeChange | undefined;
}

/** Characters of a chain: the command line of a process may be 128 KiB on Linux, 32 KiB on Windows. */
const MAX_LENGTH = 8_192;

/** Smaller sides than those of `crop` are possible: a user's filter may cut out a strip. */
const LEAST_SIDE = 2;

const schema = options({
  filter: z.string().min(1).max(MAX_LENGTH).superRefine((text, context) => {
    const message = faultOf(text);
    if (message !== undefined) context.addIssue({ code: 'custom', message });
  }),
  size: callback<SizeChange>().optional(),
});

export const videoFilterRule: StepRule<VideoFilterStep> = {
  schema,
  step: (config) => ({ kind: 'videoFilter', ...parseOptions('videoFilter', schema, config) }),
  gives: 'pictures',
  inNode: false,
  leavesOut: 'nothing',
  // Filters that look at a picture's neighbours do not follow a change of size.
  sides: 'even before',
  // Some filters have another time base, and any may give odd sides.
  filters: ({ filter }) => [filter, EVEN_SIDES, MICROSECONDS],
  resized,
  notReused: 'videoFilter changes pictures, which requires decoding',
  onlyInCode: 'a filter can read and write files of the machine',
  written: (step) => ({ text: step.filter, shown: shown(step) }),
  defaults: {},
  examples: [
    { filter: 'hflip' }, { filter: 'transpose=1', size: ({ width, height }: PictureSize) => ({ width: height, height: width }) },
    { filter: "eq=brightness=0.06,hue=s='0',drawbox@frame=t=2" }, { filter: 'crop=101:99', size: () => ({ width: 101, height: 99 }) },
  ],
  cli: { flags: [], options: () => undefined },
};

/** Why rxcam can't use a text as a chain of filters; undefined if it can. */
function faultOf(text: string): string | undefined {
  try {
    const fault = readChain(text).map(whyUnsuitable).find((why) => why !== undefined);
    return fault === undefined ? undefined : `expected filters that return each picture once, at its own media time: ${fault}`;
  } catch (error) {
    if (error instanceof UnreadableChain) return error.message;
    throw error;
  }
}

function shown({ filter }: VideoFilterStep): string {
  return `videoFilter: option 'filter': ${redactValue(filter) ?? ''}`;
}

function resized(before: PictureSize, { size, filter }: VideoFilterStep): PictureSize {
  if (size === undefined) return before;
  const given = `videoFilter: option 'size': a function given for ${redactValue(filter) ?? ''}`;
  const pictures = `pictures of ${before.width}x${before.height}`;
  let after: unknown;
  try {
    after = size({ ...before });
  } catch (cause) {
    throw new InvalidOption(`${given}, which threw for ${pictures}: ${String(cause)}`, { cause });
  }
  if (!isSize(after)) {
    throw new InvalidOption(`${given}, which returned ${redactValue(after) ?? typeof after} for ${pictures}; `
      + `expected { width, height } of ${LEAST_SIDE} to ${SIDES.most} whole pixels, and sampleAspectRatio, such as '16:11', if it changes`);
  }
  const { width, height, sampleAspectRatio = before.sampleAspectRatio } = after;
  return evenBelow({ width, height, sampleAspectRatio });
}

function isSize(value: unknown): value is PictureSize {
  const { width, height, sampleAspectRatio } = (value ?? {}) as Partial<Record<keyof PictureSize, unknown>>;
  const isSide = (side: unknown) => Number.isInteger(side) && (side as number) >= LEAST_SIDE && (side as number) <= SIDES.most;
  return isSide(width) && isSide(height) && (sampleAspectRatio === undefined || (typeof sampleAspectRatio === 'string' && /^\d+:\d+$/.test(sampleAspectRatio)));
}
