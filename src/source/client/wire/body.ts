/** The body of an answer as a stream: of a stated length, in chunks, or until the connection is closed. */
import type { Socket } from 'node:net';
import { Readable } from 'node:stream';
import { ChunkedReader } from './chunked.js';
import type { ResponseHead } from './head.js';

/** The connection was closed before the end of an answer. */
export class ConnectionClosed extends Error {
  readonly code = 'ECONNRESET';

  constructor() {
    super('the connection was closed');
  }
}

/** The content of an answer, without the framing of its transfer. */
export class Body extends Readable {
  readonly #chunked: ChunkedReader | undefined;
  /** Bytes still to come, if known. */
  #left: number | undefined;
  #isComplete = false;

  /** Reads from a socket that is paused. */
  constructor(readonly socket: Socket, { status, headers, rest }: ResponseHead) {
    super();
    const length = /^\d+$/.exec(headers['content-length'] ?? '')?.[0];
    this.#chunked = /\bchunked\s*$/i.test(headers['transfer-encoding'] ?? '') ? new ChunkedReader() : undefined;
    this.#left = status === 204 || status === 304 ? 0 : this.#chunked === undefined && length !== undefined ? Number(length) : undefined;
    socket.on('data', (bytes: Buffer) => { this.#take(bytes); });
    socket.once('end', () => { this.#closed(); });
    socket.once('close', () => { this.#closed(); });
    socket.on('error', (error) => this.destroy(error));
    this.#take(rest);
  }

  override _read(): void {
    this.socket.resume();
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.socket.destroy();
    done(error);
  }

  #take(bytes: Buffer): void {
    if (this.#isComplete || this.destroyed) return;
    try {
      for (const part of this.#chunked?.push(bytes) ?? [bytes]) this.#pushContent(part);
    } catch (error) {
      this.destroy(error as Error);
      return;
    }
    if (this.#left === 0 || this.#chunked?.isDone === true) this.#complete();
  }

  #pushContent(part: Buffer): void {
    const taken = this.#left === undefined ? part : part.subarray(0, this.#left);
    if (this.#left !== undefined) this.#left -= taken.length;
    if (taken.length > 0 && !this.push(taken)) this.socket.pause();
  }

  #complete(): void {
    this.#isComplete = true;
    this.push(null);
  }

  #closed(): void {
    if (this.#isComplete || this.destroyed) return;
    if (this.#left === undefined && this.#chunked === undefined) this.#complete();
    else this.destroy(new ConnectionClosed());
  }
}
