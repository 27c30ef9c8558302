/** The incremental reader: turns chunks of bytes into packets. */

import { type PacketBody, Assembler } from './assemble.js';
import { crc32 } from './crc.js';
import { NutError } from './error.js';
import type { Fields } from './field-types.js';
import { readFrameHeader, resetTimes, type StreamState } from './frame-header.js';
import { CODE_N, FILE_ID, LONG_PACKET_BYTES, START_CODES, readStreamHeader, readSyncpoint, type MainHeader, type NutStream } from './file-headers.js';
import { cachedMainHeader } from './main-header-cache.js';
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
  /** The bytes of the frame, in a separate buffer of exactly their size. */
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

type PacketKind = keyof typeof START_CODES;
const KINDS = new Map(Object.entries(START_CODES).map(([kind, code]) => [code as string, kind as PacketKind]));

/**
 * Reads NUT (version 3) as ffmpeg writes it to a pipe. The bytes of a frame are copied once, into a separate buffer; in addition, at
 * most one header is held. Damage is an error and is never repaired, because in a pipe it has another cause than transmission.
 * After an error the reader is unusable: `push` throws the same error again, even if a callback threw it.
 */
export class NutReader {
  readonly #options: NutReaderOptions;
  readonly #maxFrameBytes: number;
  readonly #maxHeaderBytes: number;
  readonly #assembler = new Assembler((head, offset) => this.#open(head, offset));
  #failed: { readonly error: unknown } | undefined;
  #hasFileId = false;
  #main: MainHeader | undefined;
  #mainBytes: Buffer | undefined;
  readonly #states: StreamState[] = [];
  readonly #streamBytes: Buffer[] = [];
  #isReady = false;

  constructor(options: NutReaderOptions) {
    this.#options = options;
    this.#maxFrameBytes = options.maxFrameBytes ?? 256 * 2 ** 20;
    this.#maxHeaderBytes = options.maxHeaderBytes ?? 2 ** 20;
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
    if (!this.#assembler.isEmpty) {
      throw this.#fail(new NutError('truncated', 'the input ends inside a packet', this.#assembler.offset));
    }
  }

  #fail(error: unknown): unknown {
    this.#failed = { error };
    this.#assembler.clear();
    return error;
  }

  #open(head: Fields, offset: number): PacketBody | undefined {
    if (!this.#hasFileId) return this.#fileId(head, offset);
    return head.bytes[head.at] === CODE_N ? this.#packet(head, offset) : this.#frame(head, offset);
  }

  #fileId(head: Fields, offset: number): PacketBody | undefined {
    const there = head.bytes.subarray(head.at, Math.min(head.end, head.at + FILE_ID.length));
    if (!FILE_ID.subarray(0, there.length).equals(there)) throw new NutError('bad-magic', 'not NUT', offset);
    head.skip(FILE_ID.length);
    return head.isTruncated ? undefined : { size: 0, passed: () => { this.#hasFileId = true; } };
  }

  /** A packet with a start code: all except frames. */
  #packet(head: Fields, offset: number): PacketBody | undefined {
    const start = head.at;
    head.skip(8);
    if (head.isTruncated) return undefined;
    const kind = KINDS.get(head.bytes.toString('hex', start, start + 8));
    // The format allows skipping unknown packets, but a damaged start code looks like one, and the times after a skipped syncpoint
    // would be wrong.
    if (kind === undefined) throw new NutError('bad-magic', 'an unknown start code', offset);
    const size = head.unsigned();
    if (head.hasOverflow) throw new NutError('bad-header', 'a length above 2^53', offset);
    if (size > LONG_PACKET_BYTES) head.skip(4);
    if (!head.ok()) return undefined;
    if (size > LONG_PACKET_BYTES) verifyChecksum(crc32(head.bytes, start, head.at), `${kind} length`, offset);
    if (size < 4) throw new NutError('bad-header', `a packet of ${size} bytes`, offset);
    if (kind === 'info' || kind === 'index') return { size, passed: (crc) => verifyChecksum(crc, kind, offset) };
    if (size > this.#maxHeaderBytes) throw new NutError('too-large', `a header of ${size} bytes`, offset);
    return {
      size,
      done: (data) => {
        verifyChecksum(crc32(data, 0, data.length), kind, offset);
        this.#header(kind, data.subarray(0, -4), offset);
      },
    };
  }

  #header(kind: Exclude<PacketKind, 'info' | 'index'>, payload: Buffer, offset: number): void {
    if (kind === 'main') return this.#mainHeader(payload, offset);
    if (this.#main === undefined) throw new NutError('bad-header', `${kind} before the main header`, offset);
    if (kind === 'stream') return this.#streamHeader(this.#main, payload, offset);
    if (!this.#isReady) throw new NutError('bad-header', 'a syncpoint before all streams are known', offset);
    const { pts, base } = readSyncpoint(payload, this.#main, offset);
    resetTimes(this.#states, pts, base);
  }

  /** Headers may be repeated later in the file, unchanged. (ffmpeg does that, but not in the first 2 TiB.) */
  #mainHeader(payload: Buffer, offset: number): void {
    if (this.#mainBytes) return assertSame(this.#mainBytes, payload, offset);
    this.#main = cachedMainHeader(payload, offset);
    this.#mainBytes = payload;
    this.#announce();
  }

  #streamHeader(main: MainHeader, payload: Buffer, offset: number): void {
    const header = readStreamHeader(payload, main, offset);
    const { index } = header.stream;
    const known = this.#streamBytes[index];
    if (known) return assertSame(known, payload, offset);
    this.#streamBytes[index] = payload;
    this.#states[index] = { ...header, lastPts: 0 };
    this.#announce();
  }

  #announce(): void {
    if (Object.keys(this.#states).length !== this.#main?.streamCount) return;
    this.#isReady = true;
    this.#options.onStreams?.(this.#states.map((state) => state.stream));
  }

  #frame(head: Fields, offset: number): PacketBody | undefined {
    if (!this.#main || !this.#isReady) throw new NutError('bad-header', 'a frame before its stream', offset);
    const frame = readFrameHeader(head, this.#main, this.#states, offset);
    if (frame === undefined) return undefined;
    const { state, pts, key, mark, elision, size } = frame;
    if (size > this.#maxFrameBytes) throw new NutError('too-large', `a frame of ${size} bytes`, offset);
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

function verifyChecksum(crc: number, what: string, offset: number): void {
  if (crc !== 0) throw new NutError('bad-checksum', `damage (${what})`, offset);
}

function assertSame(known: Buffer, repeated: Buffer, offset: number): void {
  if (!known.equals(repeated)) throw new NutError('unsupported', 'a repeated header that differs', offset);
}
