/** Writes the lines of the log, which may drop some but never waits, and the result, which reports an error if it is not read. */
import { fstatSync, writeSync } from 'node:fs';
import type { Writable } from 'node:stream';

/** Maximum length of the text that waits for a slow reader, in characters; further lines are dropped. */
const MAX_WAITING = 1_000_000;
const STDERR = 2;

/** Codes of errors of a write whose reader or terminal is gone. */
export const READER_GONE_CODES = new Set<string | undefined>(['EPIPE', 'EIO', 'ERR_STREAM_DESTROYED', 'ECONNRESET']);

/** The output of a log. If the disk is full, or the reader has stopped or ended, lines are dropped and counted, and the program continues. */
export class LineSink {
  /** Lines dropped since the last one written. */
  #dropped = 0;
  #total = 0;
  /** Set if the last line was cut: the next one starts on a new line. */
  #isTorn = false;
  readonly #isFile: boolean;

  /** @param report - called with the number of lines dropped, once lines can be written again */
  constructor(readonly stream: Writable & { readonly isTTY?: boolean }, readonly report: (dropped: number) => void, readonly fd = STDERR) {
    // Node closes a file's stream at its first error, but a disk may have space again later.
    this.#isFile = stream.isTTY !== true && isFile(fd);
    stream.on('error', () => { this.#countDropped(); });
  }

  /** Lines dropped in total. */
  get dropped(): number { return this.#total; }

  write(line: string): void {
    const isWritten = this.#isFile ? this.#toFile(line) : this.#toStream(line);
    if (!isWritten) {
      this.#countDropped();
    } else if (this.#dropped > 0) {
      const dropped = this.#dropped;
      this.#dropped = 0;
      this.report(dropped);
    }
  }

  #countDropped(): void {
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

/** Writes a text within a time limit in ms. Resolves with undefined when it is written, otherwise with the error. */
export function writeWithin(stream: Writable, text: string | Uint8Array, withinMs: number): Promise<NodeJS.ErrnoException | undefined> {
  return new Promise((resolve) => {
    const late = setTimeout(() => { resolve(new Error(`it was not read within ${withinMs} ms`)); }, withinMs);
    const finish = (error?: Error | null) => {
      clearTimeout(late);
      resolve(error ?? undefined);
    };
    stream.once('error', finish);
    stream.write(text, finish);
  });
}

/** Whether a descriptor is written to like a file: also that of a character device other than a terminal, such as /dev/full. */
function isFile(fd: number): boolean {
  try {
    const stat = fstatSync(fd);
    return stat.isFile() || stat.isCharacterDevice();
  } catch {
    return false;
  }
}
