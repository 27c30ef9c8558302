/** Splits a stream of bytes into messages of RTSP 1.0 and the packets between them (RFC 2326, section 10.12 for the packets). */

/** A request or an answer. */
export interface Message {
  /** Its first line. */
  readonly start: string;
  /** The other lines of its head. */
  readonly lines: readonly string[];
  readonly body: Buffer;
}

/** A part of the stream. */
export type StreamPart =
  | { readonly kind: 'message'; readonly message: Message }
  /** Packets, or pieces of them, as they are in the stream. */
  | { readonly kind: 'packets'; readonly bytes: Buffer };

/** Maximum sizes of a head and a body: descriptions of cameras have a few kB. */
const MAX_HEAD_BYTES = 64 * 1024;
const MAX_BODY_BYTES = 1024 * 1024;

const DOLLAR = 0x24;
const PACKET_HEAD_BYTES = 4;
const NOTHING = Buffer.alloc(0);
/** The first line of a message. */
const START = /^(?:RTSP\/\d\.\d \d{3}|[A-Z_]{3,} \S)/;

/** Splits bytes into messages and packets. Other bytes are skipped. */
export class MessageReader {
  #rest: Buffer = NOTHING;
  /** Bytes of a packet still to come. */
  #packetBytesLeft = 0;

  /** @throws Error for a message above the limits */
  push(chunk: Buffer): StreamPart[] {
    const bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    const parts: StreamPart[] = [];
    let at = 0;
    for (;;) {
      const end = this.#packetsFrom(bytes, at);
      if (end > at) parts.push({ kind: 'packets', bytes: bytes.subarray(at, end) });
      at = end;
      if (at === bytes.length || bytes[at] === DOLLAR) break;
      const found = messageAt(bytes, at);
      if (found === undefined) break;
      if (found.message !== undefined) parts.push({ kind: 'message', message: found.message });
      at = found.end;
    }
    this.#rest = at === bytes.length ? NOTHING : Buffer.from(bytes.subarray(at));
    return parts;
  }

  /** End of the packets that begin at a position; the last one may be incomplete, but not its head. */
  #packetsFrom(bytes: Buffer, from: number): number {
    let at = from;
    for (;;) {
      const has = Math.min(this.#packetBytesLeft, bytes.length - at);
      at += has;
      this.#packetBytesLeft -= has;
      if (bytes[at] !== DOLLAR || bytes.length - at < PACKET_HEAD_BYTES) return at;
      this.#packetBytesLeft = PACKET_HEAD_BYTES + bytes.readUInt16BE(at + 2);
    }
  }
}

/** The message at a position and its end, or only the end of bytes to skip; undefined until more bytes arrive. */
function messageAt(bytes: Buffer, at: number): { readonly end: number; readonly message?: Message } | undefined {
  const first = bytes[at];
  if (first === 0x0d || first === 0x0a) return { end: at + 1 };
  const head = headAt(bytes, at);
  if (head === undefined) {
    if (bytes.length - at > MAX_HEAD_BYTES) throw new Error('a message has no end');
    return undefined;
  }
  const [start = '', ...lines] = bytes.toString('latin1', at, head.end).split(/\r?\n/);
  if (!START.test(start)) return { end: nextStart(bytes, at) };
  const length = Number(headerValue(lines, 'content-length') ?? 0);
  if (!(length <= MAX_BODY_BYTES)) throw new Error('a message is too long');
  const end = head.next + Math.max(0, Math.trunc(length) || 0);
  return bytes.length < end ? undefined : { end, message: { start, lines, body: Buffer.from(bytes.subarray(head.next, end)) } };
}

/** The end of the head at a position, and the start of its body: lines end in CR LF, or in LF only. */
function headAt(bytes: Buffer, from: number): { readonly end: number; readonly next: number } | undefined {
  for (let at = bytes.indexOf(0x0a, from); at !== -1; at = bytes.indexOf(0x0a, at + 1)) {
    if (at - from > MAX_HEAD_BYTES) return undefined;
    const end = bytes[at - 1] === 0x0d ? at - 1 : at;
    if (bytes[at + 1] === 0x0a) return { end, next: at + 2 };
    if (bytes[at + 1] === 0x0d && bytes[at + 2] === 0x0a) return { end, next: at + 3 };
  }
  return undefined;
}

/** The next possible start after unknown bytes. */
function nextStart(bytes: Buffer, from: number): number {
  const next = [bytes.indexOf('RTSP/', from + 1, 'latin1'), bytes.indexOf(DOLLAR, from + 1)].filter((at) => at !== -1);
  return next.length === 0 ? bytes.length : Math.min(...next);
}

/** The value of a header line, by its name. */
export function headerValue(lines: readonly string[], name: string): string | undefined {
  return headerValues(lines, name)[0];
}

/** All values of header lines of a name. */
export function headerValues(lines: readonly string[], name: string): string[] {
  return lines.flatMap((line) => {
    const colon = line.indexOf(':');
    return colon !== -1 && line.slice(0, colon).trim().toLowerCase() === name ? [line.slice(colon + 1).trim()] : [];
  });
}

/** Header lines without those of some names. */
export function withoutHeaders(lines: readonly string[], ...names: readonly string[]): string[] {
  return lines.filter((line) => !names.includes(line.slice(0, Math.max(0, line.indexOf(':'))).trim().toLowerCase()));
}

/** A message as bytes. */
export function messageBytes({ start, lines, body }: Message): Buffer {
  return Buffer.concat([Buffer.from(`${[start, ...lines].join('\r\n')}\r\n\r\n`, 'latin1'), body]);
}

/** The status of an answer; 0 for a request. */
export function statusOf({ start }: Message): number {
  return Number(/^RTSP\/\d\.\d (\d{3})/.exec(start)?.[1] ?? 0);
}
