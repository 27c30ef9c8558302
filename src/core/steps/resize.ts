/** resize: scales pictures to a size. The arithmetic is written twice, in ffmpeg's expressions and in numbers, line by line the same. */
import { z } from 'zod';
import { RESIZE } from '../defaults/defaults.js';
import { InvalidOption } from '../errors/errors.js';
import { withJsonSchema, isGiven, options, parseOptions } from '../options.js';
import { PIXEL_SHAPES, SIDES, type PictureSize, type Size, evenNearest, pixelShapeOf } from '../pictures/size.js';
import { COPY_PICTURE } from './common/filters.js';
import { readSize } from './common/flag.js';
import type { StepRule } from './common/rule.js';

/** Ways to bring a picture to a size. */
export const FITS = ['inside', 'contain', 'cover', 'fill'] as const;
/** How a picture fits into the given size: see the option `fit` of `resize`. */
export type Fit = (typeof FITS)[number];

export const ALGORITHMS = ['bilinear', 'area', 'bicubic', 'lanczos'] as const;

export interface ResizeStep {
  readonly kind: 'resize';
  readonly width?: number | undefined;
  readonly height?: number | undefined;
  readonly fit: Fit;
  readonly enlarge: boolean;
  readonly algorithm: string;
  /** Whether the result has square pixels. */
  readonly squarePixels: boolean;
}

const side = () => z.number().int().min(SIDES.least).max(SIDES.most).optional();

const schema = withJsonSchema(options({
  width: side(),
  height: side(),
  fit: z.enum(FITS).default(RESIZE.fit),
  enlarge: z.boolean().default(RESIZE.enlarge),
  squarePixels: z.boolean().default(RESIZE.squarePixels),
  algorithm: z.enum(ALGORITHMS).default(RESIZE.algorithm),
}).refine((given) => given.width !== undefined || given.height !== undefined, { message: 'expected width, height or both' }), {
  allOf: [{ anyOf: [isGiven('width'), isGiven('height')] }],
});

export const resizeRule: StepRule<ResizeStep> = {
  schema,
  step: (config) => ({ kind: 'resize', ...parseOptions('resize', schema, config) }),
  gives: 'pictures',
  inNode: false,
  leavesOut: 'nothing',
  sides: 'even after',
  filters: (step) => [scale(step)],
  resized,
  defaults: RESIZE,
  examples: [
    { width: 320 }, { height: 90 }, { width: 201, height: 135 }, { width: 160, height: 160, fit: 'contain' }, { width: 160, height: 160, fit: 'cover' },
    { width: 160, height: 160, fit: 'fill' }, { width: 1280, enlarge: true }, { width: 1280 },
  ],
  cli: {
    flags: [
      {
        flags: '--size <WxH>', sets: 'resize.size', setsOptions: ['width', 'height'], parse: readSize, defaultText: "the source's",
        about: 'scale to this size in pixels; Wx or xH keeps the aspect',
      },
      {
        flags: '--fit <fit>', sets: 'resize.fit', defaultText: RESIZE.fit,
        about: `how a picture is fitted into --size: ${FITS.join(', ')}`,
      },
      {
        flags: '--enlarge', sets: 'resize.enlarge', defaultText: String(RESIZE.enlarge),
        about: 'make pictures larger too',
      },
      {
        flags: '--no-square-pixels', sets: 'resize.squarePixels',
        about: 'with --size: scale pictures as they are stored, and keep the shape of their pixels',
      },
      {
        flags: '--algorithm <name>', sets: 'resize.algorithm', defaultText: RESIZE.algorithm,
        about: 'bilinear, area, bicubic or lanczos',
      },
    ],
    options(own) {
      if (own === undefined) return undefined;
      const { size: sides, ...others } = own;
      if (sides === undefined) throw new InvalidOption('--fit, --enlarge, --no-square-pixels or --algorithm given without --size, expected both');
      return { ...sides, ...others };
    },
  },
};

function resized({ width: stored, height: ih, sampleAspectRatio }: PictureSize, step: ResizeStep): Size {
  const { width, height, fit, enlarge, squarePixels } = step;
  const iw = stored * (squarePixels ? pixelShapeOf(sampleAspectRatio) : 1);
  const limit = (factor: number) => (enlarge ? factor : Math.min(1, factor));
  const by = (factor: number) => evenNearest({ width: iw * limit(factor), height: ih * limit(factor) });
  if (width === undefined) return by((height ?? ih) / ih);
  if (height === undefined) return by(width / iw);
  const box = { width: width - (width % 2), height: height - (height % 2) };
  switch (fit) {
    case 'contain': return box;
    case 'inside': return by(Math.min(box.width / iw, box.height / ih));
    case 'fill': return evenNearest({ width: iw * limit(box.width / iw), height: ih * limit(box.height / ih) });
    case 'cover': {
      const scaled = by(Math.max(box.width / iw, box.height / ih));
      return { width: Math.min(box.width, scaled.width), height: Math.min(box.height, scaled.height) };
    }
  }
}

function scale(step: ResizeStep): string {
  const { squarePixels } = step;
  const scaled = scaleOf(step, squarePixels ? `(iw*if(between(sar,${PIXEL_SHAPES.least},${PIXEL_SHAPES.most}),sar,1))` : 'iw');
  return squarePixels ? `${scaled},setsar=1` : scaled;
}

/** @param shown - expression for the width of the picture as shown */
function scaleOf({ width, height, fit, enlarge, algorithm }: ResizeStep, shown: string): string {
  const limit = (expression: string) => (enlarge ? expression : `min(1,${expression})`);
  const toEven = (expression: string) => `max(2,2*round(${expression}/2))`;
  const to = (w: string, h: string) => `scale=w='${w}':h='${h}':flags=${algorithm}`;
  const by = (factor: string) => to(toEven(`${shown}*${limit(factor)}`), toEven(`ih*${limit(factor)}`));
  if (width === undefined) return by(`${height ?? 0}/ih`);
  if (height === undefined) return by(`${width}/${shown}`);
  const [w, h] = [width - (width % 2), height - (height % 2)];
  switch (fit) {
    case 'fill': return to(toEven(`${shown}*${limit(`${w}/${shown}`)}`), toEven(`ih*${limit(`${h}/ih`)}`));
    case 'inside': return by(`min(${w}/${shown},${h}/ih)`);
    case 'contain': return `${by(`min(${w}/${shown},${h}/ih)`)},${COPY_PICTURE},pad=${w}:${h}:(ow-iw)/2:(oh-ih)/2`;
    case 'cover': return `${by(`max(${w}/${shown},${h}/ih)`)},crop='min(${w},iw)':'min(${h},ih)'`;
  }
}
