/** The size of a message in Kafka. */
import type { CameraMessage } from '../../core/frame/frame.js';

/** Maximum number of bytes of a message in addition to its value, in the record batch and in the record. */
const OVERHEAD_BYTES = 128;
/** Bytes of a header besides its name and value. */
const HEADER_OVERHEAD_BYTES = 10;

/** Maximum number of UTF-8 bytes of a UTF-16 code unit. */
const MAX_CHARACTER_BYTES = 3;

/** Whether the record batch of a message has more bytes. For most messages an upper bound is enough, without measuring their text. */
export function isLarger(message: CameraMessage, bytes: number): boolean {
  const { key, value, headers } = message;
  let upperBound = value.length + MAX_CHARACTER_BYTES * key.length + OVERHEAD_BYTES;
  for (const name in headers) upperBound += MAX_CHARACTER_BYTES * (name.length + (headers[name] ?? '').length) + HEADER_OVERHEAD_BYTES;
  return upperBound > bytes && maxBatchBytes(message) > bytes;
}

/** Maximum size in bytes of a record batch with only this message. */
export function maxBatchBytes({ key, value, headers }: CameraMessage): number {
  let bytes = value.length + Buffer.byteLength(key) + OVERHEAD_BYTES;
  for (const name in headers) bytes += Buffer.byteLength(name) + Buffer.byteLength(headers[name] ?? '') + HEADER_OVERHEAD_BYTES;
  return bytes;
}
