/** Writes lines: to the log, which may lose some but never blocks, and to the result, which reports whether it arrived. */
import { fstatSync, writeSync } from 'node:fs';
import type { Writable } from 'node:stream';

/** Limit of text waiting for a slow reader, in characters; further lines are dropped. */
const MAX_WAITING = 1_000_000;
const STDERR = 2;

/** Error codes of a write whose reader, or terminal, is gone. */
export const READER_GONE_CODES = new Set<string | undefined>(['EPIPE', 'EIO', 'ERR_STREAM_DESTROYED', 'ECONNRESET']);

/** A log that never ends the program: if the disk is full, or the reader has stopped or ended, lines are dropped and counted. */
export class LineSink {
  /** Lines dropped since the last one written. */
  #dropped = 0;
  #total = 0;
  /** Set if the last line was cut: the next one starts on a new line. */
  #isTorn = false;
  readonly #isFile: boolean;

  /** @param report - called with the number of lines dropped, once lines can be written again */
  constructor(readonly stream: Writable & { readonly isTTY?: boolean }, readonly report: (dropped: number) => void, readonly fd = STDERR) {
    // Node closes a file's stream at its first error, but a disk may have space again.
    this.#isFile = stream.isTTY !== true && isFile(fd);
    stream.on('error', () => { this.#lost(); });
  }

  /** Lines dropped in total. */
  get dropped(): number { return this.#total; }

  write(line: string): void {
    const isWritten = this.#isFile ? this.#toFile(line) : this.#toStream(line);
    if (!isWritten) {
      this.#lost();
    } else if (this.#dropped > 0) {
      const dropped = this.#dropped;
      this.#dropped = 0;
      this.report(dropped);
    }
  }

  #lost(): void {
    this.#dropped++;
    this.#total++;
  }

  #toStream(line: string): boolean {
    if (this.stream.destroyed || this.stream.errored !== null || this.stream.writableLength > MAX_WAITING) return false;
    this.stream.write(line);
    return true;
  }

  #toFile(line: string): boolean {
    const bytes = Buffer.from(this.#isTorn ? `\n${line}` : line);
    try {
      const written = writeSync(this.fd, bytes);
      this.#isTorn = written < bytes.length;
      return !this.#isTorn;
    } catch {
      return false;
    }
  }
}

/** Writes a text within a time limit in ms; resolves with undefined when it is written, or with the error. */
export function writeWithin(stream: Writable, text: string | Uint8Array, withinMs: number): Promise<NodeJS.ErrnoException | undefined> {
  return new Promise((resolve) => {
    const late = setTimeout(() => { resolve(new Error(`it was not read within ${withinMs} ms`)); }, withinMs);
    const settle = (error?: Error | null) => {
      clearTimeout(late);
      resolve(error ?? undefined);
    };
    stream.once('error', settle);
    stream.write(text, settle);
  });
}

/** A character device other than a terminal, such as /dev/full, is written to like a file. */
function isFile(fd: number): boolean {
  try {
    const stat = fstatSync(fd);
    return stat.isFile() || stat.isCharacterDevice();
  } catch {
    return false;
  }
}
