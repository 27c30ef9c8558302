/** Reads the bits of a parameter set. */

/** Longer than twelve scaling lists, behind which a picture's size stands: a set of megabytes costs no more. */
const HEAD_BYTES = 2048;

/** Behind its end a unit reads as zeros: nothing here is worth an exception. */
export class Bits {
  readonly #bytes: Buffer;
  #at = 0;

  /**
   * @param unit - a NAL unit; the bytes that keep start codes out of it are taken out first
   * @param bytes - so many are read: nothing that is asked for here stands further back
   */
  constructor(unit: Buffer, bytes = HEAD_BYTES) {
    const plain: number[] = [];
    const head = unit.subarray(0, bytes);
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
