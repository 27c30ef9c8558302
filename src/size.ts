/** The size of a picture after a resize: what src/ffmpeg/graph.ts asks ffmpeg for, in numbers. */
import type { ResizeStep } from './plan.js';

/** Pixels. */
export interface Size { readonly width: number; readonly height: number }

/** What a picture of one size becomes. */
export function resized({ width: iw, height: ih }: Size, { width, height, fit, enlarge }: ResizeStep): Size {
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

/** Even sides, as 4:2:0 needs. */
export function even({ width, height }: Size): Size {
  const toEven = (side: number) => Math.max(2, 2 * Math.round(side / 2));
  return { width: toEven(width), height: toEven(height) };
}
