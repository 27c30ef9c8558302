/** Copies a part of a buffer, unless it is most of the buffer: a view would keep the whole buffer in memory. */

/** A part with at least this share of its buffer is not copied. */
const MOST = 0.75;

export function compactPart(data: Buffer, start = 0, end = data.length): Buffer {
  if (end - start >= data.buffer.byteLength * MOST) return data.subarray(start, end);
  const copy = Buffer.allocUnsafeSlow(end - start);
  data.copy(copy, 0, start, end);
  return copy;
}
