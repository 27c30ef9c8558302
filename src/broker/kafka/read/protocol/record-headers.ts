/** Parses the headers of a Kafka record: a count, and for each a name and a value with their lengths. */
import type { HeaderPlaces } from '../../../../message/index.js';
import { Bytes } from './bytes.js';

export function kafkaHeaders(data: Buffer): HeaderPlaces {
  const bytes = new Bytes(data);
  const names: string[] = [];
  const bounds: number[] = [];
  for (let count = bytes.varint(); count > 0; count--) {
    names.push(bytes.bytes()?.toString() ?? '');
    const length = Math.max(0, bytes.varint());
    bounds.push(bytes.at, bytes.at + length);
    bytes.skip(length);
  }
  return { names, bounds };
}
