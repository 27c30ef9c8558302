/** Reads the fields of a parameter set or slice header, bit by bit. */

/** Enough for twelve scaling lists, which come before a picture's size. Bounds the cost of a set of megabytes. */
const HEAD_BYTES = 2048;

/** Returns zeros after the end of the unit: callers check the values, and catch no exception. */
export class Bits {
  readonly #bytes: Buffer;
  #at = 0;

  /**
   * @param unit - a NAL unit; its emulation prevention bytes are removed first
   * @param maxBytes - number of bytes to read, which contain all fields needed here
   */
  constructor(unit: Buffer, maxBytes = HEAD_BYTES) {
    const plain: number[] = [];
    const head = unit.subarray(0, maxBytes);
    for (const [index, byte] of head.entries()) {
      if (!(byte === 3 && head[index - 1] === 0 && head[index - 2] === 0)) plain.push(byte);
    }
    this.#bytes = Buffer.from(plain);
  }

  skip(count: number): void {
    this.#at += count;
  }

  bit(): number {
    const byte = this.#bytes[this.#at >> 3] ?? 0;
    return (byte >> (7 - (this.#at++ & 7))) & 1;
  }

  bits(count: number): number {
    let value = 0;
    for (let left = count; left > 0; left--) value = value * 2 + this.bit();
    return value;
  }

  /** Exp-Golomb, ue(v). */
  unsigned(): number {
    let zeros = 0;
    while (zeros < 32 && this.bit() === 0) zeros++;
    return 2 ** zeros - 1 + this.bits(zeros);
  }

  /** Exp-Golomb, se(v). */
  signed(): number {
    const code = this.unsigned();
    return code % 2 === 0 ? -code / 2 : (code + 1) / 2;
  }
}
