/**
 * Reads the head of an HTTP answer as leniently as ffmpeg and browsers do, because camera firmware violates the standard: LF without
 * CR, lines without a name, blanks in a name, no head before the first part of a multipart stream. Node's parser refuses all of these.
 * The buffered bytes are limited, so that a server can't fill the memory.
 */

/** Values by names in lower case. The object has no prototype, because a server chooses the names. */
export type HttpHeaders = Readonly<Record<string, string | undefined>>;

/** The status line and headers of an answer. */
export interface ResponseHead {
  readonly status: number;
  readonly headers: HttpHeaders;
  /** The first bytes of the body, which arrived with the head. */
  readonly rest: Buffer;
}

/** Maximum size of a head: ffmpeg accepts lines of 4 kB, Node 16 kB in total. */
export const MAX_HEAD_BYTES = 64 * 1024;
/** Maximum number of interim answers, such as `100 Continue`, before the final one. */
const MAX_INTERIM = 8;
const STATUS = /^(?:HTTP\/\d(?:\.\d)?|ICY) +(\d{3})(?: |$)/i;
const LF = 10;

/** An answer that is not HTTP. */
export class NotHttp extends Error {
  readonly code = 'NOT_HTTP';
}

/** Turns chunks of bytes into a head. */
export class HeadReader {
  #held: Buffer = Buffer.alloc(0);
  /** Start of the current line, and the first unread position in it. */
  #from = 0;
  #seen = 0;
  #bytes = 0;
  #interim = 0;
  #lines: string[] = [];

  /** The head, once it is complete. A failure's head may have any length, because its status is enough. @throws NotHttp */
  push(chunk: Buffer): ResponseHead | undefined {
    this.#bytes += chunk.length;
    this.#held = this.#held.length === 0 ? chunk : Buffer.concat([this.#held, chunk]);
    for (;;) {
      if (this.#lines.length === 0 && this.#isPart()) return { status: 200, headers: headersOf([]), rest: this.#held };
      const end = this.#held.indexOf(LF, this.#seen);
      if (end === -1 || end - this.#from > MAX_HEAD_BYTES) return this.#unfinished();
      const line = this.#held.toString('latin1', this.#from, end).replace(/\r+$/, '');
      this.#from = this.#seen = end + 1;
      const head = this.#addLine(line);
      if (head !== undefined) return head;
      if (this.#from > MAX_HEAD_BYTES) return this.#tooLong();
    }
  }

  #addLine(line: string): ResponseHead | undefined {
    if (this.#lines.length === 0 && !STATUS.test(line)) throw new NotHttp('no status line');
    if (line !== '') {
      this.#lines.push(line);
      return undefined;
    }
    const head = this.#headOf(this.#held.subarray(this.#from));
    if (head.status >= 200) return head;
    if (++this.#interim > MAX_INTERIM) throw new NotHttp('too many interim answers');
    this.#lines = [];
    return undefined;
  }

  /** Whether there is no head: the first line is the boundary of a part. */
  #isPart(): boolean {
    return this.#from === 0 && this.#held.length >= 3 && this.#held.toString('latin1', 0, 2) === '--';
  }

  #unfinished(): ResponseHead | undefined {
    if (this.#held.length - this.#from > MAX_HEAD_BYTES || this.#bytes > MAX_HEAD_BYTES) return this.#tooLong();
    // Other protocols are recognised by their first bytes, because they may never send the end of a line.
    if (this.#lines.length === 0 && this.#held.length - this.#from > 16 && !/^(?:HTTP\/\d|ICY )/i.test(this.#held.toString('latin1', this.#from, this.#from + 16))) {
      throw new NotHttp('no status line');
    }
    this.#seen = this.#held.length;
    return undefined;
  }

  #tooLong(): ResponseHead {
    const head = this.#headOf(Buffer.alloc(0));
    if (head.status >= 400) return head;
    throw new NotHttp(`a head of more than ${MAX_HEAD_BYTES} bytes`);
  }

  #headOf(rest: Buffer): ResponseHead {
    return { status: Number(STATUS.exec(this.#lines[0] ?? '')?.[1] ?? 0), headers: headersOf(this.#lines.slice(1)), rest };
  }
}

/** If these are repeated, the first one applies; others are joined, as RFC 9110 specifies. */
const SINGLE = new Set(['content-length', 'content-type', 'content-range', 'location', 'etag', 'last-modified', 'date']);

/** Header lines as names and values, without lines that have no name. Also used for parts of a multipart stream. */
export function headersOf(lines: readonly string[]): HttpHeaders {
  const headers: Record<string, string | undefined> = Object.create(null) as Record<string, string | undefined>;
  for (const line of lines) {
    const colon = line.indexOf(':');
    if (colon < 1) continue;
    const name = line.slice(0, colon).trim().toLowerCase();
    const value = line.slice(colon + 1).replace(/[\x00-\x1f\x7f]/g, ' ').trim();
    const before = headers[name];
    if (before === undefined) headers[name] = value;
    else if (!SINGLE.has(name)) headers[name] = `${before}, ${value}`;
  }
  return headers;
}
