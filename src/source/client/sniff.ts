/**
 * Determines the kind of a stream by its first bytes, if the answer's head does not state it. The kind determines only how the stream
 * is read: each way is safe for any content.
 */
import { setTimeout as wait } from 'node:timers/promises';
import { DOWNLOAD } from '../../core/defaults/limits.js';
import { type Nature, natureOfContent } from './answer.js';
import type { HttpResponse } from './request.js';

const TS_PACKET = 188;
const SYNC = 0x47;
/** Number of bytes that are examined. */
const SNIFF_BYTES = 4 * TS_PACKET;

/** The kind of a live answer. */
export type Stream = Exclude<Nature, 'file' | 'page'>;

/** The kind of an endless body; `stream` if too few bytes arrive in time. */
export async function sniff(answer: HttpResponse): Promise<Stream | 'list' | 'page'> {
  const bytes = await firstBytesOf(answer);
  if (isTransport(bytes)) return 'transport';
  if (isMultipart(bytes.toString('latin1'))) return 'multipart';
  const content = natureOfContent(bytes);
  return content === 'file' ? 'stream' : content;
}

/** Whether the bytes are MPEG-TS: three sync bytes follow at the distance of a packet, from any position. */
export function isTransport(bytes: Buffer): boolean {
  for (let at = 0; at < TS_PACKET && at + 2 * TS_PACKET < bytes.length; at++) {
    if ([0, 1, 2].every((n) => bytes[at + n * TS_PACKET] === SYNC)) return true;
  }
  return false;
}

/** Whether the text begins with a boundary, possibly after headers that belong in the answer's head, or with a part without its boundary. */
export function isMultipart(text: string): boolean {
  return /^(?:[\w-]+(?: [\w-]+)?:[^\n]{0,200}\n|\r?\n){0,20}--[^\s-][^\n]{0,200}\n/.test(text)
    || /^(?:[\w-]+:[^\n]{0,200}\n){0,20}content-type: *image\/p?jpe?g/i.test(text);
}

async function firstBytesOf({ body }: HttpResponse): Promise<Buffer> {
  const parts: Buffer[] = [];
  const bytes = () => parts.reduce((sum, { length }) => sum + length, 0);
  const late = new AbortController();
  const end = wait(DOWNLOAD.sniffMs, undefined, { signal: late.signal }).catch(() => undefined);
  const chunks = body[Symbol.asyncIterator]() as AsyncIterator<Buffer, undefined>;
  try {
    while (bytes() < SNIFF_BYTES) {
      const next = await Promise.race([chunks.next(), end]);
      if (next === undefined || next.done === true) break;
      parts.push(next.value);
    }
  } catch { /* only this probe has failed: the stream is read by another request */ }
  late.abort();
  return Buffer.concat(parts);
}
