/** Parses the headers of a Kafka record: a count, and for each a name and a value with their lengths. */
import type { HeaderPositions } from '../../../../message/index.js';
import { Bytes } from './bytes.js';

export function kafkaHeaders(data: Buffer): HeaderPositions {
  const bytes = new Bytes(data);
  const names: string[] = [];
  const bounds: number[] = [];
  try {
    for (let count = bytes.varint(); count > 0; count--) {
      const name = bytes.bytes()?.toString() ?? '';
      const length = Math.max(0, bytes.varint());
      names.push(name);
      bounds.push(bytes.at, bytes.at + length);
      bytes.skip(length);
    }
  } catch {
    // They are read on access, where an error is unexpected: of damaged headers, the readable part is returned.
  }
  return { names, bounds };
}
