/** Whether the pictures of a camera change: a camera, or a recorder, that hangs sends the same ones for hours. */
import { wall } from '../core/clock.js';
import type { EncodedFrame, Frame } from '../core/frame/frame.js';

/** Pictures that are remembered. The pictures of a GOP differ a little even of a still scene, and come again with the next GOP. */
const MAX_KNOWN = 64;
/** Fewest repeated pictures for a verdict: a smaller number may be chance. */
const LEAST = 3;
const NONE = -1;
/** Bytes that are compared at a place. */
const WORD = 4;

export class Stillness {
  /** An array: V8 allocates the tables of a Set that lives long in its old space. Marks are not negative. */
  readonly #known = new Float64Array(MAX_KNOWN).fill(NONE);
  #next = 0;
  /** Known ones since the last new one, and the wall clock of that. */
  #repeated = 0;
  #since = 0;

  /**
   * Remembers a picture by its length and by bytes at two places, which are as good as all: entropy coding spreads a difference to the
   * end of a picture. Those that depend on others differ by their numbers alone; raw pictures are too large to be compared.
   */
  see(value: Frame | EncodedFrame): void {
    if (!('codec' in value) || !value.keyframe || value.data.length < 2 * WORD) return;
    const { data, data: { length } } = value;
    // 32 bits of the bytes, 20 of the length: a whole number.
    const mark = ((data.readInt32LE(length >> 1) ^ Math.imul(data.readInt32LE(length - WORD), 0x9e3779b1)) >>> 0) * 0x100000 + (length & 0xfffff);
    if (this.#known.includes(mark)) {
      this.#repeated++;
      return;
    }
    if (this.#next === MAX_KNOWN) {
      this.#known.fill(NONE);
      this.#next = 0;
    }
    this.#known[this.#next++] = mark;
    this.#repeated = 0;
    this.#since = value.capturedAt;
  }

  /** Time since there was a new picture, in ms; 0 while there are. */
  get forMs(): number {
    return this.#repeated < LEAST ? 0 : Math.max(0, wall() - this.#since);
  }
}
