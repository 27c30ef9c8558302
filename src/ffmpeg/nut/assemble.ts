/** Assembles chunks of any size into heads, each of which states a length, and bodies of that length. */

import { crc32 } from './crc.js';
import { NutError } from './error.js';
import { Fields } from './field-types.js';

/** The body that a head announces. */
export type PacketBody =
  /** Bytes to keep, in a buffer of `prefix` and `size` bytes. The caller has checked `size`. */
  | { readonly size: number; readonly prefix?: Buffer; readonly done: (data: Buffer) => void }
  /** Bytes that are not kept: only their checksum is needed. */
  | { readonly size: number; readonly passed: (crc: number) => void };

/** Maximum size of a head. The longest valid one is a frame's with 255 reserved fields: about 2.3 kB. */
const MAX_HEAD_BYTES = 4096;
const NOTHING = Buffer.alloc(0);

/**
 * Collects heads and bodies. The bytes of a body are copied once, from the chunk to its buffer. Nothing of a chunk is kept except an
 * incomplete head.
 */
export class Assembler {
  readonly #open: (head: Fields, offset: number) => PacketBody | undefined;
  /** Bytes before the current chunk. */
  #offset = 0;
  /** An incomplete head. */
  #rest: Buffer | undefined;
  #body: PacketBody | undefined;
  #data: Buffer | undefined;
  #crc = 0;
  #filled = 0;

  /** @param open - reads a head and returns the body that follows it; undefined if the bytes end within the head */
  constructor(open: (head: Fields, offset: number) => PacketBody | undefined) {
    this.#open = open;
  }

  /** Whether all bytes pushed so far are consumed. */
  get isEmpty(): boolean {
    return this.#rest === undefined && this.#body === undefined;
  }

  /** Bytes pushed so far. */
  get offset(): number {
    return this.#offset;
  }

  push(chunk: Buffer): void {
    let at = 0;
    while (at < chunk.length) at = this.#body ? this.#fill(this.#body, chunk, at) : this.#head(chunk, at);
    this.#offset += chunk.length;
  }

  /** Releases all memory. */
  clear(): void {
    this.#rest = this.#body = this.#data = undefined;
  }

  /** @returns the position up to which the chunk is consumed */
  #head(chunk: Buffer, at: number): number {
    const before = this.#rest?.length ?? 0;
    const end = Math.min(chunk.length, at + MAX_HEAD_BYTES - before);
    const head = this.#rest
      ? new Fields(Buffer.concat([this.#rest, chunk.subarray(at, end)]))
      : new Fields(chunk, at, end);
    const start = head.at;
    const offset = this.#offset + at - before;
    const body = this.#open(head, offset);
    if (body) {
      this.#rest = undefined;
      this.#begin(body);
      return at + (head.at - start) - before;
    }
    if (head.end - start >= MAX_HEAD_BYTES) throw new NutError('bad-header', 'a frame header is longer than any valid one', offset);
    this.#rest = Buffer.from(head.bytes.subarray(start, head.end));
    return chunk.length;
  }

  #begin(body: PacketBody): void {
    this.#body = body;
    this.#filled = 0;
    this.#crc = 0;
    if ('done' in body) {
      const prefix = body.prefix ?? NOTHING;
      // Neither zeroed nor from the shared pool, because all of it is overwritten, and the packet owns it.
      this.#data = Buffer.allocUnsafeSlow(prefix.length + body.size);
      prefix.copy(this.#data);
      this.#filled = prefix.length;
    }
    if (body.size === 0) this.#finish(body);
  }

  /** @returns the position up to which the chunk is consumed */
  #fill(body: PacketBody, chunk: Buffer, at: number): number {
    const whole = this.#data?.length ?? body.size;
    const end = Math.min(chunk.length, at + whole - this.#filled);
    if (this.#data) chunk.copy(this.#data, this.#filled, at, end);
    else this.#crc = crc32(chunk, at, end, this.#crc);
    this.#filled += end - at;
    if (this.#filled === whole) this.#finish(body);
    return end;
  }

  #finish(body: PacketBody): void {
    const data = this.#data ?? NOTHING;
    this.#body = this.#data = undefined;
    if ('done' in body) body.done(data);
    else body.passed(this.#crc);
  }
}
