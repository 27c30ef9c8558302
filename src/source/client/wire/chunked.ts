/** Parses a chunked body (RFC 9112, 7.1) as it arrives. */

/** Maximum length of a line, in characters: a size with extensions, or a line of the trailer. */
const MAX_LINE = 4_096;
const MAX_TRAILER_LINES = 64;
const LF = 10;

/** The body violates the format. */
export class BadChunk extends Error {
  readonly code = 'BAD_CHUNK';
}

/** Turns chunks of bytes into content. */
export class ChunkedReader {
  #state: 'size' | 'data' | 'end of data' | 'trailer' | 'done' = 'size';
  #left = 0;
  #line = '';
  #trailerLines = 0;

  get isDone(): boolean {
    return this.#state === 'done';
  }

  /** The content in these bytes. @throws BadChunk */
  push(bytes: Buffer): Buffer[] {
    const out: Buffer[] = [];
    for (let at = 0; at < bytes.length && this.#state !== 'done';) {
      if (this.#state === 'data') {
        const part = bytes.subarray(at, at + this.#left);
        out.push(part);
        at += part.length;
        this.#left -= part.length;
        if (this.#left === 0) this.#state = 'end of data';
        continue;
      }
      const end = bytes.indexOf(LF, at);
      this.#line += bytes.toString('latin1', at, end === -1 ? bytes.length : end);
      if (this.#line.length > MAX_LINE) throw new BadChunk('a line of a chunk is too long');
      if (end === -1) break;
      at = end + 1;
      this.#parseLine(this.#line.trim());
      this.#line = '';
    }
    return out;
  }

  #parseLine(line: string): void {
    if (this.#state === 'end of data') {
      if (line !== '') throw new BadChunk('a chunk is longer than stated');
      this.#state = 'size';
    } else if (this.#state === 'trailer') {
      if (line === '' || ++this.#trailerLines > MAX_TRAILER_LINES) this.#state = 'done';
    } else {
      const size = /^([0-9a-f]{1,12})\s*(?:;|$)/i.exec(line)?.[1];
      if (size === undefined) throw new BadChunk('a chunk without a size');
      this.#left = parseInt(size, 16);
      this.#state = this.#left === 0 ? 'trailer' : 'data';
    }
  }
}
