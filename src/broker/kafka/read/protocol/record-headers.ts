/** Parses the headers of a Kafka record: a count, and for each a name and a value with their lengths. */
import type { HeaderPositions } from '../../../../message/index.js';
import { ByteReader } from '../../wire/index.js';

export function kafkaHeaders(data: Buffer): HeaderPositions {
  const bytes = new ByteReader(data);
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
    // Headers are parsed on access, where no error is expected: of damaged headers, the readable part is returned.
  }
  return { names, bounds };
}
