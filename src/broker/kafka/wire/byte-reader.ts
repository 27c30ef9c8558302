/** Reads the field types of Kafka's protocol from bytes, one after the other. */

/** The bits of a byte of a varint. */
const CONTINUATION_BIT = 0x80;
const SEVEN_BITS = 0x7f;

export class ByteReader {
  /** Position of the next byte. */
  at = 0;

  constructor(readonly data: Buffer) {}

  skip(count: number): void {
    this.at += Math.max(0, count);
  }

  int16(): number {
    this.at += 2;
    return this.data.readInt16BE(this.at - 2);
  }

  int32(): number {
    this.at += 4;
    return this.data.readInt32BE(this.at - 4);
  }

  /** A 64-bit number; offsets and times stay below 2^53. */
  int64(): number {
    return Number(this.id64());
  }

  /** A 64-bit number of any size. */
  id64(): bigint {
    this.at += 8;
    return this.data.readBigInt64BE(this.at - 8);
  }

  /** The next bytes. @throws RangeError if there are fewer */
  take(count: number): Buffer {
    if (count < 0 || count > this.data.length - this.at) throw tooShort();
    this.at += count;
    return this.data.subarray(this.at - count, this.at);
  }

  /** A zigzag number of 32 bits. */
  varint(): number {
    let value = 0;
    let shift = 0;
    let byte: number;
    do {
      byte = this.data[this.at++] ?? end();
      value |= (byte & SEVEN_BITS) << shift;
      shift += 7;
    } while ((byte & CONTINUATION_BIT) !== 0 && shift < 35);
    return (value >>> 1) ^ -(value & 1);
  }

  /** A zigzag number of 64 bits, below 2^53. */
  varlong(): number {
    let value = 0;
    let scale = 1;
    let byte: number;
    do {
      byte = this.data[this.at++] ?? end();
      value += (byte & SEVEN_BITS) * scale;
      scale *= 128;
    } while ((byte & CONTINUATION_BIT) !== 0);
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  }

  /** Bytes that follow their length; undefined for null. */
  bytes(): Buffer | undefined {
    const length = this.varint();
    return length < 0 ? undefined : this.take(length);
  }
}

function end(): never {
  throw tooShort();
}

/** Like the error that Node throws for numbers of a fixed size. */
function tooShort(): RangeError {
  return new RangeError('the answer of the broker ends too early');
}
