/** The size of a message in Kafka. */
import type { CameraMessage } from '../../core/frame/frame.js';

/** Most bytes that a message needs beside its value: in the record batch and in the record. */
const OVERHEAD_BYTES = 128;
/** Bytes of a header beside its name and value. */
const HEADER_OVERHEAD_BYTES = 10;

/** No character takes more in UTF-8, as JavaScript counts characters. */
const MAX_CHARACTER_BYTES = 3;

/** Whether a message has more bytes than that; the text of most is not measured for it. */
export function isLarger(message: CameraMessage, bytes: number): boolean {
  const { key, value, headers } = message;
  let most = value.length + MAX_CHARACTER_BYTES * key.length + OVERHEAD_BYTES;
  for (const name in headers) most += MAX_CHARACTER_BYTES * (name.length + (headers[name] ?? '').length) + HEADER_OVERHEAD_BYTES;
  return most > bytes && bytesOf(message) > bytes;
}

/** Bytes of a record batch with this message alone, at most. */
export function bytesOf({ key, value, headers }: CameraMessage): number {
  let bytes = value.length + Buffer.byteLength(key) + OVERHEAD_BYTES;
  for (const name in headers) bytes += Buffer.byteLength(name) + Buffer.byteLength(headers[name] ?? '') + HEADER_OVERHEAD_BYTES;
  return bytes;
}
