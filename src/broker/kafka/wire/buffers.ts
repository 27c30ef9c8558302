/**
 * A pool of buffers for requests. A new buffer for each request would be the largest part of all allocations: V8 counts external
 * memory like its own, and would collect the whole heap several times a second.
 */

/** Largest buffer that is kept: larger requests are rare. */
const MAX_BYTES = 2 * 1024 ** 2;
const MIN_BYTES = 64 * 1024;
/** Usual number of requests in flight on one connection. */
const MAX_KEPT = 3;

export class RequestBuffers {
  #kept: Buffer[] = [];

  /** A buffer of this size, which belongs to the caller until `giveBack`. */
  take(size: number): Buffer {
    const index = this.#kept.findIndex(({ length }) => length >= size);
    const [known] = index < 0 ? [] : this.#kept.splice(index, 1);
    const whole = known ?? Buffer.allocUnsafe(size > MAX_BYTES ? size : Math.max(MIN_BYTES, 2 ** Math.ceil(Math.log2(size))));
    return whole.subarray(0, size);
  }

  /** Returns a buffer to the pool. Call it only after the answer to its request: without an answer, a socket may still have to write it. */
  giveBack({ buffer, byteOffset }: Buffer): void {
    if (byteOffset !== 0 || buffer.byteLength > MAX_BYTES) return;
    this.#kept.push(Buffer.from(buffer));
    // The smallest fits the fewest requests.
    if (this.#kept.length > MAX_KEPT) this.#kept = this.#kept.sort((a, b) => b.length - a.length).slice(0, MAX_KEPT);
  }
}
