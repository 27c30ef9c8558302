/** Main headers that are in use: each has a table of 256 objects, and cameras of one kind all have the same. */
import { type MainHeader, mainHeader } from './headers.js';

/** Kinds of commands in one process, and more. */
const MAX_KNOWN = 16;

/** By the bytes of their payload. */
const known = new Map<string, MainHeader>();

/** Reads the payload of a main header; returns the earlier result for the same bytes. The result is never changed. */
export function knownMainHeader(payload: Buffer, offset: number): MainHeader {
  const bytes = payload.toString('latin1');
  let header = known.get(bytes);
  if (header === undefined) {
    header = mainHeader(payload, offset);
    if (known.size >= MAX_KNOWN) known.clear();
    known.set(bytes, header);
  }
  return header;
}
