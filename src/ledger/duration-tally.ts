/** A histogram of durations, changed in place. Its snapshot equals the histogram that `recorded` returns for the same durations. */
import { BUCKETS, type Histogram, PER_OCTAVE, bucketOf } from './histogram.js';

export class DurationTally {
  /** The last duration. */
  lastMs = 0;
  #count = 0;
  #sumMs = 0;
  #minMs = 0;
  #maxMs = 0;
  /** Number of buckets up to the highest one in use. */
  #used = 0;
  readonly #buckets = new Uint32Array(BUCKETS);

  /** Adds one duration; `ms` below 0 counts as 0. */
  add(ms: number): void {
    const value = Math.max(0, ms);
    const index = bucketOf(value);
    this.#buckets[index] = (this.#buckets[index] ?? 0) + 1;
    if (index >= this.#used) this.#used = index + 1;
    this.#minMs = this.#count === 0 ? value : Math.min(this.#minMs, value);
    this.#maxMs = Math.max(this.#maxMs, value);
    this.#sumMs += value;
    this.#count += 1;
    this.lastMs = value;
  }

  get count(): number { return this.#count; }
  get sumMs(): number { return this.#sumMs; }

  /**
   * The numbers of durations up to 0.001 ms · 2^`firstOctave`, up to twice that, and so on. Buckets end there, so they are exact.
   * @param length - how many numbers to return
   */
  cumulativeCounts(firstOctave: number, length: number): number[] {
    const counts: number[] = [];
    let sum = 0;
    let index = 0;
    for (let octave = firstOctave; octave < firstOctave + length; octave++) {
      for (const end = Math.min(octave * PER_OCTAVE, this.#used - 1); index <= end; index++) sum += this.#buckets[index] ?? 0;
      counts.push(sum);
    }
    return counts;
  }

  clear(): void {
    this.#buckets.fill(0);
    this.#used = this.#count = this.#sumMs = this.#minMs = this.#maxMs = this.lastMs = 0;
  }

  /** An immutable copy. */
  snapshot(): Histogram {
    return {
      count: this.#count, sumMs: this.#sumMs, minMs: this.#minMs, maxMs: this.#maxMs, lastMs: this.lastMs,
      buckets: [...this.#buckets.subarray(0, this.#used)],
    };
  }
}
