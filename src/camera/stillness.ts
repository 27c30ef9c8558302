/** Detects a camera whose pictures no longer change: a camera or recorder that hangs sends the same pictures for hours. */
import { wall } from '../core/clock.js';
import type { EncodedFrame, Frame } from '../core/frame/frame.js';

/** Number of pictures that are remembered, above the length of most GOPs: those of one GOP differ a little, and repeat with the next GOP. */
const MAX_FINGERPRINTS = 64;
/** Fewest repeated pictures that count as still: fewer may be chance. */
const MIN_REPEATS = 3;
const NO_FINGERPRINT = -1;
/** Bytes that are compared at each of the two places in a picture. */
const WORD_BYTES = 4;

export class Stillness {
  /** An array, because V8 allocates the tables of a long-lived Set in its old space. Fingerprints are not negative. */
  readonly #fingerprints = new Float64Array(MAX_FINGERPRINTS).fill(NO_FINGERPRINT);
  #next = 0;
  /** Known pictures since the last new one, and the wall clock of that one in ms. */
  #repeated = 0;
  #since = 0;

  /**
   * Remembers a keyframe by a fingerprint of its length and of the bytes at two places: entropy coding spreads any difference to the end of
   * a picture. Other access units are ignored, because even equal pictures differ in their numbers, and so are raw pictures, which are too
   * large to compare.
   */
  observe(value: Frame | EncodedFrame): void {
    if (!('codec' in value) || !value.keyframe || value.data.length < 2 * WORD_BYTES) return;
    const { data, data: { length } } = value;
    const bytes = data.readInt32LE(length >> 1) ^ Math.imul(data.readInt32LE(length - WORD_BYTES), 0x9e3779b1);
    // 32 bits of the bytes, 20 of the length: a whole number.
    const fingerprint = (bytes >>> 0) * 0x100000 + (length & 0xfffff);
    if (this.#fingerprints.includes(fingerprint)) {
      this.#repeated++;
      return;
    }
    if (this.#next === MAX_FINGERPRINTS) {
      this.#fingerprints.fill(NO_FINGERPRINT);
      this.#next = 0;
    }
    this.#fingerprints[this.#next++] = fingerprint;
    this.#repeated = 0;
    this.#since = value.capturedAt;
  }

  /** Time since the last new picture, in ms; 0 while new pictures arrive. */
  get stillMs(): number {
    return this.#repeated < MIN_REPEATS ? 0 : Math.max(0, wall() - this.#since);
  }
}
