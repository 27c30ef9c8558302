/** Reads the types of fields of NUT from bytes that may be incomplete. */

/**
 * Reads fields one after the other. Reading never throws, because a frame header at the end of a chunk is usually incomplete:
 * missing fields are 0, and `isTruncated` or `hasOverflow` states afterwards that the fields are invalid.
 */
export class Fields {
  /** Whether more bytes were requested than there are. */
  isTruncated = false;
  /** Whether a number was too large for a JavaScript number to hold exactly. */
  hasOverflow = false;

  constructor(readonly bytes: Buffer, public at = 0, readonly end = bytes.length) {}

  /** Whether all fields so far could be read. */
  ok(): boolean {
    return !this.isTruncated && !this.hasOverflow;
  }

  /** One byte. */
  byte(): number {
    if (this.at >= this.end) {
      this.isTruncated = true;
      return 0;
    }
    return this.bytes[this.at++] as number;
  }

  /** `v`: unsigned, base 128, most significant digit first, the high bit set in all bytes except the last. */
  unsigned(): number {
    let value = 0;
    for (;;) {
      if (this.at >= this.end) {
        this.isTruncated = true;
        return 0;
      }
      const byte = this.bytes[this.at++] as number;
      value = value * 128 + (byte & 127);
      if (value > Number.MAX_SAFE_INTEGER) {
        this.hasOverflow = true;
        return 0;
      }
      if (byte < 128) return value;
    }
  }

  /** `s`: signed; 0, 1, 2, 3, 4 … stand for 0, 1, -1, 2, -2 … */
  signed(): number {
    const code = this.unsigned();
    return code % 2 === 0 ? 0 - code / 2 : (code + 1) / 2;
  }

  /** `vb`: a length and that many bytes, as a view. */
  blob(): Buffer {
    const length = this.unsigned();
    if (length > this.end - this.at) {
      this.isTruncated = true;
      return this.bytes.subarray(this.at, this.at);
    }
    this.at += length;
    return this.bytes.subarray(this.at - length, this.at);
  }

  /** Skips bytes. */
  skip(count: number): void {
    if (count > this.end - this.at) this.isTruncated = true;
    else this.at += count;
  }
}
