/**
 * Decides which pictures `skipUnchanged` keeps, by the rule of ffmpeg's mpdecimate: as numbers for its options, and as a function
 * for frames in Node. A picture is compared with the last one kept, in blocks of 8x8,
 * 4 pixels apart: it has changed if one block differs by more than `hi`, or a third of them by more than `lo`.
 */
import type { Frame, PixelFormat } from '../frame/frame.js';

/** The rule for keeping pictures. */
export interface ChangeRule {
  /** Mean difference of an 8x8 block above which a picture has changed, 0 to 1. */
  readonly threshold: number;
  /** Length of a slot of media time, in which one picture is always kept; ms. */
  readonly maxGapMs: number;
  /** Whether a reference to the last full picture replaces each picture that is left out. */
  readonly references: boolean;
}

/** Sums of absolute differences over the 64 pixels of a block; `frac` is a share of all blocks. */
export interface BlockLimits { readonly hi: number; readonly lo: number; readonly frac: number }

/** The limits of a block for a threshold; 5/12 and 0.33 are mpdecimate's own. */
export function blockLimits(threshold: number): BlockLimits {
  const hi = Math.round(threshold * 255 * 64);
  return { hi, lo: Math.round((hi * 5) / 12), frac: 0.33 };
}

/**
 * Margin around a picture while it is compared, in pixels: mpdecimate ignores the first 8 columns and incomplete blocks.
 * The rows below the picture change their colour with each slot of time, so that mpdecimate keeps a picture in each.
 */
export const MARGIN = { left: 16, right: 8, bottom: 16 } as const;

/** The slot of media time (µs) of a picture. The operations and their order are those of `t` in ffmpeg. */
export function timeSlotOf(pts: number, maxGapMs: number): number {
  return Math.floor((pts * 1e-6 * 1000) / maxGapMs);
}

/** Compares frame after frame. */
export class ChangeDetector {
  readonly #limits: BlockLimits;
  #kept: Frame | undefined;
  #slot = 0;

  constructor(readonly rule: ChangeRule) {
    this.#limits = blockLimits(rule.threshold);
  }

  /** Similarity to the last frame kept, 0 to 1; undefined if this one is kept. */
  similarityIfSkipped(frame: Frame): number | undefined {
    const slot = timeSlotOf(frame.pts, this.rule.maxGapMs);
    const isDue = slot !== this.#slot;
    this.#slot = slot;
    const likeness = isDue ? undefined : this.#compare(frame);
    if (likeness === undefined) this.#kept = frame;
    return likeness;
  }

  /** Called if the last frame kept was lost: the next one is kept. */
  forget(): void {
    this.#kept = undefined;
  }

  #compare(frame: Frame): number | undefined {
    const kept = this.#kept;
    if (kept?.width !== frame.width || kept.height !== frame.height || kept.pixelFormat !== frame.pixelFormat) return undefined;
    let likeness: number | undefined;
    for (const plane of planesOf(frame)) {
      const total = difference(frame.data, kept.data, plane, this.#limits);
      if (total === undefined) return undefined;
      likeness ??= 1 - total / (255 * plane.width * plane.height);
    }
    return likeness;
  }
}

/** One component of a picture: `step` bytes from pixel to pixel, `subsampled` by as much in each direction. */
interface Plane { readonly start: number; readonly step: number; readonly width: number; readonly height: number; readonly subsampled: 1 | 2 }

const PACKED: Partial<Record<PixelFormat, number>> = { rgb24: 3, bgr24: 3, rgba: 4, bgra: 4 };

/** The planes; the first is luma, or green as the nearest to it. */
function planesOf({ width, height, pixelFormat }: Frame): Plane[] {
  const packed = PACKED[pixelFormat];
  if (packed !== undefined) {
    const order = [1, 0, 2, 3].slice(0, packed);
    return order.map((start) => ({ start, step: packed, width, height, subsampled: 1 }));
  }
  const luma: Plane = { start: 0, step: 1, width, height, subsampled: 1 };
  if (pixelFormat === 'gray') return [luma];
  const chroma = { width: Math.ceil(width / 2), height: Math.ceil(height / 2), subsampled: 2 } as const;
  const size = width * height;
  const second = pixelFormat === 'nv12' ? 1 : chroma.width * chroma.height;
  const step = pixelFormat === 'nv12' ? 2 : 1;
  return [luma, { start: size, step, ...chroma }, { start: size + second, step, ...chroma }];
}

/** The sum of absolute differences of a plane; undefined if it has changed. */
function difference(a: Buffer, b: Buffer, plane: Plane, { hi, lo, frac }: BlockLimits): number | undefined {
  const { width, height, subsampled } = plane;
  const [outerWidth, outerHeight] = [width + (MARGIN.left + MARGIN.right) / subsampled, height + MARGIN.bottom / subsampled];
  // As in mpdecimate, which counts in single precision.
  const allowed = Math.trunc(Math.fround(Math.trunc(outerWidth / 16) * Math.trunc(outerHeight / 16) * Math.fround(frac)));
  const margin = MARGIN.left / subsampled / 4;
  // Blocks start at the 8th column and end inside; cells of 4x4, of which each has four, are counted with the margin.
  const columns = Math.floor((outerWidth - 8) / 4) + 1;
  let above = new Uint32Array(columns + 1);
  let total = 0;
  let count = 0;
  for (let top = 0; top < height + 4; top += 4) {
    const cells = new Uint32Array(columns + 1);
    total += sumCells(a, b, plane, top, cells.subarray(margin));
    for (let x = 2; top > 0 && x < columns; x++) {
      const sum = (above[x] ?? 0) + (above[x + 1] ?? 0) + (cells[x] ?? 0) + (cells[x + 1] ?? 0);
      if (sum > hi) return undefined;
      if (sum > lo && ++count > allowed) return undefined;
    }
    above = cells;
  }
  return total;
}

/** Puts the differences of four rows into cells four pixels wide; returns their sum. */
function sumCells(a: Buffer, b: Buffer, { start, step, width, height }: Plane, top: number, cells: Uint32Array): number {
  let total = 0;
  for (let y = top; y < Math.min(top + 4, height); y++) {
    let at = start + y * width * step;
    for (let x = 0; x < width; x++, at += step) {
      const one = Math.abs((a[at] as number) - (b[at] as number));
      cells[x >> 2] = (cells[x >> 2] as number) + one;
      total += one;
    }
  }
  return total;
}
