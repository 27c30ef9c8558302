/** Readers of the embedded broker: without a group, or as a member of one. */
import type { ReadRequest, Reader } from '../reader.js';
import { MemoryGroupReader } from './group.js';
import { MemoryReader, type MemorySource } from './reader.js';

/** The reader of the embedded broker for a request. @throws InvalidOption */
export function memoryReader(request: ReadRequest, source: MemorySource): Reader {
  return request.group === undefined ? new MemoryReader(request, source) : new MemoryGroupReader(request, source);
}
