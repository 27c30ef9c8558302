/**
 * The limits of H.265's level 4.1 (tables A.8 and A.9): above them coding units are 32 samples or more, and x265 refuses
 * smaller ones.
 */
import type { Size } from '../../../core/pictures/size.js';

const MAX_PIXELS = 2_228_224;
const MAX_PIXELS_PER_SECOND = 133_693_440;
const MAX_SIDE = Math.floor(Math.sqrt(8 * MAX_PIXELS));
/** Side of a coding unit: x265 counts the luma samples of whole units. */
const CODING_UNIT = 16;

/** Whether pictures of a size and rate may have coding units of 16. */
export function allowsSmallUnits(size: Size, fps: number): boolean {
  return fps <= highestRate(size);
}

/** Highest frame rate of a size with coding units of 16; 0 for a size that is too large. */
export function highestRate({ width, height }: Size): number {
  const [w, h] = [wholeUnits(width), wholeUnits(height)];
  return w * h > MAX_PIXELS || Math.max(w, h) > MAX_SIDE ? 0 : MAX_PIXELS_PER_SECOND / (w * h);
}

function wholeUnits(side: number): number {
  return Math.ceil(side / CODING_UNIT) * CODING_UNIT;
}
