/**
 * Decides which pictures `skipUnchanged` keeps, by the rule of ffmpeg's mpdecimate: as numbers for its options, and as a function
 * for frames in Node. A picture is compared with the last one kept, in blocks of 8x8 pixels, 4 pixels apart: it has changed if one
 * block differs by more than `hi`, or a third of them by more than `lo`.
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

/** The options of mpdecimate. `hi` and `lo`: sums of absolute differences over the 64 pixels of a block; `frac`: share of all blocks. */
export interface BlockLimits { readonly hi: number; readonly lo: number; readonly frac: number }

/** The limits of a block for a threshold; 5/12 and 0.33 are mpdecimate's own. */
export function blockLimits(threshold: number): BlockLimits {
  const hi = Math.round(threshold * 255 * 64);
  return { hi, lo: Math.round((hi * 5) / 12), frac: 0.33 };
}

/**
 * Margin around a picture while it is compared, in pixels: mpdecimate ignores the first 8 columns and incomplete blocks.
 * The rows below the picture change their colour with each slot of time, so that mpdecimate keeps a picture in each slot.
 */
export const MARGIN = { left: 16, right: 8, bottom: 16 } as const;

/** The slot of a picture's media time (µs). The operations and their order are those of ffmpeg's `t`. */
export function timeSlotOf(pts: number, maxGapMs: number): number {
  return Math.floor((pts * 1e-6 * 1000) / maxGapMs);
}

/** Decides on frames in Node, one after the other. */
export class ChangeDetector {
  readonly #limits: BlockLimits;
  #kept: Frame | undefined;
  #slot = 0;

  constructor(readonly rule: ChangeRule) {
    this.#limits = blockLimits(rule.threshold);
  }

  /** Decides on the next frame: its similarity to the last one kept, 0 to 1, if it is left out; undefined if it is kept. */
  similarityIfSkipped(frame: Frame): number | undefined {
    const slot = timeSlotOf(frame.pts, this.rule.maxGapMs);
    const isDue = slot !== this.#slot;
    this.#slot = slot;
    const similarity = isDue ? undefined : this.#compare(frame);
    if (similarity === undefined) this.#kept = frame;
    return similarity;
  }

  /** Called if the last frame kept was lost: the next one is kept. */
  forget(): void {
    this.#kept = undefined;
  }

  #compare(frame: Frame): number | undefined {
    const kept = this.#kept;
    if (kept?.width !== frame.width || kept.height !== frame.height || kept.pixelFormat !== frame.pixelFormat) return undefined;
    let similarity: number | undefined;
    for (const plane of planesOf(frame)) {
      const total = difference(frame.data, kept.data, plane, this.#limits);
      if (total === undefined) return undefined;
      similarity ??= 1 - total / (255 * plane.width * plane.height);
    }
    return similarity;
  }
}

/** One component of a picture. `step`: bytes from pixel to pixel; `subsampled`: pixels of the picture for each one here, in both directions. */
interface Plane { readonly start: number; readonly step: number; readonly width: number; readonly height: number; readonly subsampled: 1 | 2 }

/** Bytes for each pixel, in formats without separate planes. */
const PACKED: Partial<Record<PixelFormat, number>> = { rgb24: 3, bgr24: 3, rgba: 4, bgra: 4 };

/** The planes. The first is luma, or green, which is nearest to it. */
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
  const secondStart = pixelFormat === 'nv12' ? 1 : chroma.width * chroma.height;
  const step = pixelFormat === 'nv12' ? 2 : 1;
  return [luma, { start: size, step, ...chroma }, { start: size + secondStart, step, ...chroma }];
}

/** The sum of absolute differences of a plane; undefined if the plane has changed. */
function difference(a: Buffer, b: Buffer, plane: Plane, { hi, lo, frac }: BlockLimits): number | undefined {
  const { width, height, subsampled } = plane;
  const [outerWidth, outerHeight] = [width + (MARGIN.left + MARGIN.right) / subsampled, height + MARGIN.bottom / subsampled];
  // As in mpdecimate, which counts in single precision.
  const allowed = Math.trunc(Math.fround(Math.trunc(outerWidth / 16) * Math.trunc(outerHeight / 16) * Math.fround(frac)));
  const margin = MARGIN.left / subsampled / 4;
  // Blocks start at column 8 and end within the picture. Each consists of four cells of 4x4, which are counted with the margin.
  const columns = Math.floor((outerWidth - 8) / 4) + 1;
  let above = new Uint32Array(columns + 1);
  let total = 0;
  let differing = 0;
  for (let top = 0; top < height + 4; top += 4) {
    const cells = new Uint32Array(columns + 1);
    total += sumCells(a, b, plane, top, cells.subarray(margin));
    for (let x = 2; top > 0 && x < columns; x++) {
      const sum = (above[x] ?? 0) + (above[x + 1] ?? 0) + (cells[x] ?? 0) + (cells[x + 1] ?? 0);
      if (sum > hi) return undefined;
      if (sum > lo && ++differing > allowed) return undefined;
    }
    above = cells;
  }
  return total;
}

/** Adds the differences of four rows to cells four pixels wide; returns their sum. */
function sumCells(a: Buffer, b: Buffer, { start, step, width, height }: Plane, top: number, cells: Uint32Array): number {
  let total = 0;
  for (let y = top; y < Math.min(top + 4, height); y++) {
    let at = start + y * width * step;
    for (let x = 0; x < width; x++, at += step) {
      const delta = Math.abs((a[at] as number) - (b[at] as number));
      cells[x >> 2] = (cells[x >> 2] as number) + delta;
      total += delta;
    }
  }
  return total;
}
