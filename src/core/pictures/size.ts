/** Sizes of pictures, and the shape of their pixels. */

/** Size of a picture. */
export interface Size {
  /** Width in pixels. */
  readonly width: number;
  /** Height in pixels. */
  readonly height: number;
}

/** Shape of pixels. */
export interface Shape {
  /** Width of a pixel by its height, `16:11`; absent for square pixels. */
  readonly sampleAspectRatio?: string | undefined;
}

/** Size of a picture, and the shape of its pixels. */
export interface PictureSize extends Size, Shape {}

/** Sides that `crop` and `resize` can give pictures, in pixels. */
export const SIDES = { least: 16, most: 16_384 } as const;

/** Range of plausible pixel shapes, width by height; pixels outside it count as square. */
export const PIXEL_SHAPES = { least: 0.125, most: 8 } as const;

/** The shape of pixels as a number, from `16:11`; 1 for square ones, and for an implausible shape. */
export function pixelShapeOf(ratio = '1:1'): number {
  const [width = 1, height = 1] = ratio.split(':').map(Number);
  const shape = width / height;
  return shape >= PIXEL_SHAPES.least && shape <= PIXEL_SHAPES.most ? shape : 1;
}

/** The size with sides rounded to the nearest even ones, as 4:2:0 needs. */
export function evenNearest({ width, height }: Size): Size {
  const toEven = (side: number) => Math.max(2, 2 * Math.round(side / 2));
  return { width: toEven(width), height: toEven(height) };
}

/** The size with odd sides rounded down to even ones. */
export function evenBelow<S extends Size>(size: S): S {
  const below = (side: number) => Math.max(2, side - (side % 2));
  return { ...size, width: below(size.width), height: below(size.height) };
}
