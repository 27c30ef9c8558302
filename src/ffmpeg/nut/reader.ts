/** The incremental reader: chunks of bytes in, packets out. */

import { type PacketBody, Assembler } from './assemble.js';
import { crc32 } from './crc.js';
import { NutError } from './error.js';
import type { Fields } from './fields.js';
import { frameHeader, resetTimes, type StreamState } from './frame.js';
import { START_CODES, streamHeader, syncpoint, type MainHeader, type NutStream } from './headers.js';
import { knownMainHeader } from './main-header.js';
import { microseconds } from './time.js';

/** A frame of a stream. */
export interface NutPacket {
  /** Index of its stream. */
  readonly stream: number;
  /** Presentation time in µs, rounded to the nearest. */
  readonly pts: number;
  /** Presentation time in ticks of the stream's time base. */
  readonly rawPts: number;
  readonly key: boolean;
  /** A buffer of exactly this size, shared with nothing. */
  readonly data: Buffer;
}

/** Options of a reader. */
export interface NutReaderOptions {
  /** Largest frame in bytes. Default 256 MiB. */
  readonly maxFrameBytes?: number;
  /** Largest header (main, stream, syncpoint) in bytes. Default 1 MiB. */
  readonly maxHeaderBytes?: number;
  /** Called once, when all streams are known: before the first packet. */
  onStreams?(streams: readonly NutStream[]): void;
  /** Called for each frame, as soon as its last byte has been pushed. */
  onPacket(packet: NutPacket): void;
}

const FILE_ID = Buffer.from('nut/multimedia container\0', 'latin1');
const LETTER_N = 0x4e;

/**
 * Reads NUT (version 3) as ffmpeg writes it to a pipe.
 * The bytes of a frame are copied once, into their own buffer. In addition, at most one header is held.
 * Damage is an error and never repaired: in a pipe it means that something else is broken.
 * After an error the reader is unusable: `push` throws the same error again, even one that a callback threw.
 */
export class NutReader {
  readonly #options: NutReaderOptions;
  readonly #maxFrame: number;
  readonly #maxHeader: number;
  readonly #assembler = new Assembler((head, offset) => this.#open(head, offset));
  #failed: { readonly error: unknown } | undefined;
  #idSeen = false;
  #main: MainHeader | undefined;
  #mainBytes: Buffer | undefined;
  readonly #states: StreamState[] = [];
  readonly #streamBytes: Buffer[] = [];
  #ready = false;

  constructor(options: NutReaderOptions) {
    this.#options = options;
    this.#maxFrame = options.maxFrameBytes ?? 256 * 2 ** 20;
    this.#maxHeader = options.maxHeaderBytes ?? 2 ** 20;
  }

  /**
   * Reads the next bytes; the chunk may be reused afterwards.
   *
   * @throws NutError for bytes that can't be read, and any error of a callback
   */
  push(chunk: Uint8Array): void {
    if (this.#failed) throw this.#failed.error;
    try {
      this.#assembler.push(asBuffer(chunk));
    } catch (error) {
      throw this.#fail(error);
    }
  }

  /**
   * Ends the input. An empty input is not an error.
   *
   * @throws NutError `truncated` in the middle of a packet; the error of `push`, if that failed
   */
  end(): void {
    if (this.#failed) throw this.#failed.error;
    if (!this.#assembler.empty) {
      throw this.#fail(new NutError('truncated', 'the input ends inside a packet', this.#assembler.offset));
    }
  }

  #fail(error: unknown): unknown {
    this.#failed = { error };
    this.#assembler.clear();
    return error;
  }

  #open(head: Fields, offset: number): PacketBody | undefined {
    if (!this.#idSeen) return this.#fileId(head, offset);
    return head.bytes[head.at] === LETTER_N ? this.#packet(head, offset) : this.#frame(head, offset);
  }

  #fileId(head: Fields, offset: number): PacketBody | undefined {
    const there = head.bytes.subarray(head.at, Math.min(head.end, head.at + FILE_ID.length));
    if (!FILE_ID.subarray(0, there.length).equals(there)) throw new NutError('bad-magic', 'not NUT', offset);
    head.skip(FILE_ID.length);
    return head.short ? undefined : { size: 0, passed: () => { this.#idSeen = true; } };
  }

  /** A packet with a start code: all except frames. */
  #packet(head: Fields, offset: number): PacketBody | undefined {
    const start = head.at;
    head.skip(8);
    if (head.short) return undefined;
    const kind = START_CODES.get(head.bytes.toString('hex', start, start + 8));
    // The format allows skipping unknown packets. A damaged start code looks like one, though, and skipping a
    // syncpoint by mistake falsifies the times after it.
    if (kind === undefined) throw new NutError('bad-magic', 'an unknown start code', offset);
    const size = head.unsigned();
    if (head.wild) throw new NutError('bad-header', 'a length above 2^53', offset);
    if (size > 4096) head.skip(4);
    if (!head.ok()) return undefined;
    if (size > 4096) verify(crc32(head.bytes, start, head.at), `${kind} length`, offset);
    if (size < 4) throw new NutError('bad-header', `a packet of ${size} bytes`, offset);
    if (kind === 'info' || kind === 'index') return { size, passed: (crc) => verify(crc, kind, offset) };
    if (size > this.#maxHeader) throw new NutError('too-large', `a header of ${size} bytes`, offset);
    return {
      size,
      done: (data) => {
        verify(crc32(data, 0, data.length), kind, offset);
        this.#header(kind, data.subarray(0, -4), offset);
      },
    };
  }

  #header(kind: 'main' | 'stream' | 'syncpoint', payload: Buffer, offset: number): void {
    if (kind === 'main') return this.#mainHeader(payload, offset);
    if (this.#main === undefined) throw new NutError('bad-header', `${kind} before the main header`, offset);
    if (kind === 'stream') return this.#streamHeader(this.#main, payload, offset);
    if (!this.#ready) throw new NutError('bad-header', 'a syncpoint before all streams are known', offset);
    const { pts, base } = syncpoint(payload, this.#main, offset);
    resetTimes(this.#states, pts, base);
  }

  /** Headers may be repeated later in the file, unchanged. (ffmpeg does that, but not in the first 2 TiB.) */
  #mainHeader(payload: Buffer, offset: number): void {
    if (this.#mainBytes) return assertSame(this.#mainBytes, payload, offset);
    this.#main = knownMainHeader(payload, offset);
    this.#mainBytes = payload;
    this.#announce();
  }

  #streamHeader(main: MainHeader, payload: Buffer, offset: number): void {
    const header = streamHeader(payload, main, offset);
    const { index } = header.stream;
    const known = this.#streamBytes[index];
    if (known) return assertSame(known, payload, offset);
    this.#streamBytes[index] = payload;
    this.#states[index] = { ...header, lastPts: 0 };
    this.#announce();
  }

  #announce(): void {
    if (Object.keys(this.#states).length !== this.#main?.streamCount) return;
    this.#ready = true;
    this.#options.onStreams?.(this.#states.map((state) => state.stream));
  }

  #frame(head: Fields, offset: number): PacketBody | undefined {
    if (!this.#main || !this.#ready) throw new NutError('bad-header', 'a frame before its stream', offset);
    const frame = frameHeader(head, this.#main, this.#states, offset);
    if (frame === undefined) return undefined;
    const { state, pts, key, mark, elision, size } = frame;
    if (size > this.#maxFrame) throw new NutError('too-large', `a frame of ${size} bytes`, offset);
    const { index, timeBase } = state.stream;
    const µs = microseconds(pts, timeBase);
    if (!Number.isSafeInteger(µs)) throw new NutError('bad-header', `time stamp ${pts}`, offset);
    state.lastPts = pts;
    const done = (data: Buffer): void => {
      if (!mark || size > 0) this.#options.onPacket({ stream: index, pts: µs, rawPts: pts, key, data });
    };
    return { size: size - elision.length, prefix: elision, done };
  }
}

function asBuffer(chunk: Uint8Array): Buffer {
  return Buffer.isBuffer(chunk) ? chunk : Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length);
}

function verify(crc: number, what: string, offset: number): void {
  if (crc !== 0) throw new NutError('bad-checksum', `damage (${what})`, offset);
}

function assertSame(known: Buffer, repeated: Buffer, offset: number): void {
  if (!known.equals(repeated)) throw new NutError('unsupported', 'a repeated header that differs', offset);
}
