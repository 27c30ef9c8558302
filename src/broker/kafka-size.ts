/** How large a message is for Kafka. */
import type { CameraMessage } from '../frame.js';

/** What a message needs beside its bytes: of the record batch and of the record, at most. */
const OVERHEAD_BYTES = 128;
/** What a header needs beside its bytes. */
const HEADER_OVERHEAD_BYTES = 10;

/** Bytes of a record batch with this message alone, at most. */
export function bytesOf({ key, value, headers }: CameraMessage): number {
  let bytes = value.length + Buffer.byteLength(key) + OVERHEAD_BYTES;
  for (const name in headers) bytes += Buffer.byteLength(name) + Buffer.byteLength(headers[name] ?? '') + HEADER_OVERHEAD_BYTES;
  return bytes;
}
