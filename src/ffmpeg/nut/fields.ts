/** Reads NUT's field types from bytes that may be incomplete. */

/**
 * A position in some bytes.
 * Reading never throws, because a frame header at the end of a chunk is usually incomplete:
 * missing fields are 0, and `short` or `wild` states afterwards that the fields are invalid.
 */
export class Fields {
  /** Set when more bytes were requested than there are. */
  short = false;
  /** A number is too large for a JavaScript number to hold exactly. */
  wild = false;

  constructor(readonly bytes: Buffer, public at = 0, readonly end = bytes.length) {}

  /** Whether everything so far could be read. */
  ok(): boolean {
    return !this.short && !this.wild;
  }

  /** One byte. */
  byte(): number {
    if (this.at >= this.end) {
      this.short = true;
      return 0;
    }
    return this.bytes[this.at++] as number;
  }

  /** `v`: unsigned, base 128, most significant digit first, the high bit set in all bytes except the last. */
  unsigned(): number {
    let value = 0;
    for (;;) {
      if (this.at >= this.end) {
        this.short = true;
        return 0;
      }
      const byte = this.bytes[this.at++] as number;
      value = value * 128 + (byte & 127);
      if (value > Number.MAX_SAFE_INTEGER) {
        this.wild = true;
        return 0;
      }
      if (byte < 128) return value;
    }
  }

  /** `s`: signed, as an unsigned number that counts 0, 1, -1, 2, -2 … */
  signed(): number {
    const code = this.unsigned();
    return code % 2 === 0 ? 0 - code / 2 : (code + 1) / 2;
  }

  /** `vb`: a length and that many bytes, as a view. */
  blob(): Buffer {
    const length = this.unsigned();
    if (length > this.end - this.at) {
      this.short = true;
      return this.bytes.subarray(this.at, this.at);
    }
    this.at += length;
    return this.bytes.subarray(this.at - length, this.at);
  }

  /** Skips bytes. */
  skip(count: number): void {
    if (count > this.end - this.at) this.short = true;
    else this.at += count;
  }
}
