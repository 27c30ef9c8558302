/** Measures the rate of a download over the time spent waiting for the server, so that a slow disk does not count. */
import { mono } from '../../core/clock.js';
import { SourceTimeout } from '../../core/errors/errors.js';

export class Rate {
  #bytes = 0;
  #waitedMs = 0;

  /** @param minBytesPerSecond - bytes a second */
  constructor(readonly minBytesPerSecond: number, readonly windowMs: number, readonly shown: string) {}

  /** Waits for a piece, and counts its bytes. @throws SourceTimeout at the end of a window in which too little has arrived */
  async measure<T>(work: () => Promise<T>, bytesOf: (piece: T) => number): Promise<T> {
    const since = mono();
    const piece = await work();
    this.#waitedMs += mono() - since;
    this.#bytes += bytesOf(piece);
    if (this.#waitedMs < this.windowMs) return piece;
    const rate = this.#bytes / this.#waitedMs * 1_000;
    if (rate < this.minBytesPerSecond) {
      throw new SourceTimeout(`'${this.shown}' sends ${rate.toFixed(0)} bytes a second; at least ${this.minBytesPerSecond} are required (minDownloadBytesPerSecond)`);
    }
    this.#bytes = 0;
    this.#waitedMs = 0;
    return piece;
  }
}
