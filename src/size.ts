/** The size of a picture after a resize: what src/ffmpeg/graph.ts asks ffmpeg for, in numbers. */
import type { ResizeStep } from './plan.js';

/** Pixels. */
export interface Size { readonly width: number; readonly height: number }

/** Of a picture that is not shown as it is stored: the width of a pixel by its height, `16:11`. */
export interface Shape { readonly sampleAspectRatio?: string | undefined }

/** Widths by heights of pixels that are believed; others are taken for square. */
export const SHAPES = { least: 0.125, most: 8 } as const;

/** What a picture of one size becomes. */
export function resized({ width: stored, height: ih, sampleAspectRatio }: Size & Shape, step: ResizeStep): Size {
  const { width, height, fit, enlarge, squarePixels } = step;
  const iw = stored * (squarePixels ? shapeOf(sampleAspectRatio) : 1);
  const limit = (factor: number) => (enlarge ? factor : Math.min(1, factor));
  const by = (factor: number) => even({ width: iw * limit(factor), height: ih * limit(factor) });
  if (width === undefined) return by((height ?? ih) / ih);
  if (height === undefined) return by(width / iw);
  const box = { width: width - (width % 2), height: height - (height % 2) };
  switch (fit) {
    case 'contain': return box;
    case 'inside': return by(Math.min(box.width / iw, box.height / ih));
    case 'fill': return even({ width: iw * limit(box.width / iw), height: ih * limit(box.height / ih) });
    case 'cover': {
      const scaled = by(Math.max(box.width / iw, box.height / ih));
      return { width: Math.min(box.width, scaled.width), height: Math.min(box.height, scaled.height) };
    }
  }
}

/** Width of a pixel by its height. */
function shapeOf(ratio = '1:1'): number {
  const [width = 1, height = 1] = ratio.split(':').map(Number);
  const shape = width / height;
  return shape >= SHAPES.least && shape <= SHAPES.most ? shape : 1;
}

/** Even sides, as 4:2:0 needs. */
export function even({ width, height }: Size): Size {
  const toEven = (side: number) => Math.max(2, 2 * Math.round(side / 2));
  return { width: toEven(width), height: toEven(height) };
}
