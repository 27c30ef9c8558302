/** Caches main headers: each has a table of 256 objects, and cameras of one kind all have the same. */
import { type MainHeader, readMainHeader } from './file-headers.js';

/** More than one process has kinds of commands. */
const MAX_CACHED = 16;

/** Headers by the bytes of their payload. */
const cache = new Map<string, MainHeader>();

/** Reads the payload of a main header; returns the earlier result for the same bytes. The result is never changed. */
export function cachedMainHeader(payload: Buffer, offset: number): MainHeader {
  const bytes = payload.toString('latin1');
  let header = cache.get(bytes);
  if (header === undefined) {
    header = readMainHeader(payload, offset);
    if (cache.size >= MAX_CACHED) cache.clear();
    cache.set(bytes, header);
  }
  return header;
}
