/** crop: cuts a rectangle out of every picture. The arithmetic is written twice, in ffmpeg's expressions and in numbers, with the same rounding. */
import { z } from 'zod';
import { InvalidOption } from '../errors/errors.js';
import { withJsonSchema, options, parseOptions } from '../options.js';
import { SIDES, type PictureSize } from '../pictures/size.js';
import { UnreadableText } from './common/flag.js';
import type { StepRule } from './common/rule.js';

interface Rectangle { readonly left: number; readonly top: number; readonly width: number; readonly height: number }

export interface CropStep extends Rectangle {
  readonly kind: 'crop';
  /** Unit of the rectangle's numbers; `shares`: of the picture's sides. */
  readonly unit: 'pixels' | 'shares';
}

/** Rounding errors: a sum of shares may exceed 1 by this. */
const TOLERANCE = 1e-9;

const start = () => z.number().min(0).max(SIDES.most);
const side = () => z.number().positive().max(SIDES.most);

const WHOLE = { type: 'integer' };
const SHARE = { maximum: 1 };

const schema = withJsonSchema(options({ left: start(), top: start(), width: side(), height: side() })
  .refine((given) => areShares(given) || Object.values(given).every(Number.isInteger), { message: 'expected four shares from 0 to 1, or whole pixels' })
  .refine((given) => !areShares(given) || (given.left + given.width <= 1 + TOLERANCE && given.top + given.height <= 1 + TOLERANCE), {
    message: 'expected shares of the picture: left + width and top + height are at most 1',
  })
  .refine((given) => areShares(given) || Math.min(given.width, given.height) >= SIDES.least, { message: `expected a width and a height of at least ${SIDES.least} pixels` }), {
  allOf: [{ anyOf: [
    { properties: { left: SHARE, top: SHARE, width: SHARE, height: SHARE } },
    { properties: { left: WHOLE, top: WHOLE, width: { ...WHOLE, minimum: SIDES.least }, height: { ...WHOLE, minimum: SIDES.least } } },
  ] }],
});

export const cropRule: StepRule<CropStep> = {
  schema,
  step(config) {
    const given = parseOptions('crop', schema, config);
    return { kind: 'crop', ...given, unit: areShares(given) ? 'shares' : 'pixels' };
  },
  gives: 'pictures',
  inNode: false,
  leavesOut: 'nothing',
  // ffmpeg's crop does not follow a change of size: it would read beyond a smaller picture.
  sides: 'even before',
  filters,
  resized,
  defaults: {},
  examples: [
    { left: 0.25, top: 0.5, width: 0.5, height: 0.5 }, { left: 100, top: 50, width: 320, height: 180 }, { left: 33, top: 31, width: 101, height: 99 },
    { left: 0, top: 0, width: 1, height: 1 }, { left: 1 / 3, top: 0.1, width: 1 / 3, height: 0.9 },
  ],
  cli: {
    flags: [
      {
        flags: '--crop <left,top,width,height>', sets: 'crop.rectangle', setsOptions: ['left', 'top', 'width', 'height'], parse: readRectangle, defaultText: 'all',
        about: 'cut out a rectangle, before --size: in pixels, or as shares of the picture from 0 to 1',
      },
    ],
    options: (own) => own?.['rectangle'],
  },
};

/** Whether the numbers are shares: all of them are at most 1. A rectangle of one pixel is not a use case. */
function areShares({ left, top, width, height }: Rectangle): boolean {
  return Math.max(left, top, width, height) <= 1;
}

/** The edges of a rectangle along one side of the picture, on even pixels. */
function edges(whole: number, from: number, length: number, unit: CropStep['unit']): readonly [begin: number, end: number] {
  const scale = unit === 'shares' ? whole : 1;
  const toEven = (edge: number) => 2 * Math.round((scale * edge) / 2);
  return [toEven(from), toEven(from + length)];
}

function resized({ width, height, sampleAspectRatio }: PictureSize, step: CropStep): PictureSize {
  const [left, right] = edges(width, step.left, step.width, step.unit);
  const [top, bottom] = edges(height, step.top, step.height, step.unit);
  const given = `crop: ${shown(step)} given`;
  if (right > width || bottom > height) throw new InvalidOption(`${given}, expected within the pictures, which are ${width}x${height} there`);
  const cut = { width: right - left, height: bottom - top };
  if (Math.min(cut.width, cut.height) >= SIDES.least) return { ...cut, sampleAspectRatio };
  throw new InvalidOption(`${given}, which is ${cut.width}x${cut.height} of pictures of ${width}x${height}; expected at least ${SIDES.least}x${SIDES.least}`);
}

function shown({ left, top, width, height }: Rectangle): string {
  return JSON.stringify({ left, top, width, height });
}

/** Formats in which a chroma sample starts at every even pixel. In others, such as 4:1:1, colours would be shifted. */
const FORMATS = [
  ...['420', '422', '444'].flatMap((form) => [`yuv${form}p`, `yuvj${form}p`, `yuv${form}p10le`]), 'nv12', 'gray', 'gray10le', 'rgb24', 'bgr24', 'rgba', 'bgra',
].join('|');

/** A valid graph for any source; a rectangle outside the picture is reported when the size is known. */
function filters({ left, top, width, height, unit }: CropStep): string[] {
  const scale = (whole: string, edge: number) => `2*round(${unit === 'shares' ? `${whole}*` : ''}${edge}/2)`;
  const begin = (whole: string, edge: number) => `min(${whole}-2,${scale(whole, edge)})`;
  const length = (whole: string, from: number, to: number) => `max(2,min(${whole},${scale(whole, to)})-${scale(whole, from)})`;
  return [
    `format=${FORMATS}`,
    `crop=w='${length('iw', left, left + width)}':h='${length('ih', top, top + height)}':x='${begin('iw', left)}':y='${begin('ih', top)}'`,
  ];
}

/** Reads `left,top,width,height`. */
function readRectangle(text: string): Rectangle {
  const [left, top, width, height, ...more] = text.split(',').map((one) => (NUMBER.test(one) ? Number(one) : undefined));
  if (left === undefined || top === undefined || width === undefined || height === undefined || more.length > 0) {
    throw new UnreadableText('Expected LEFT,TOP,WIDTH,HEIGHT, in pixels or as shares from 0 to 1.');
  }
  return { left, top, width, height };
}

const NUMBER = /^\s*[+-]?(\d+\.?\d*|\.\d+)\s*$/;
