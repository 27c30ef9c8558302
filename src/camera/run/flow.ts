/** The flow of a run's pictures: how long they have arrived without a break, when the last one arrived, and the downtime. */
import { mono } from '../../core/clock.js';

/** All times are monotonic, in ms. */
export class Flow {
  #since: number | undefined;
  #failedAt: number | undefined;
  /** Time of the last picture in this attempt, and in those before it; 0 for none. */
  #lastAt = 0;
  #lastBefore = 0;

  /** Time from the first picture after a break to the last picture, in ms. */
  get flowedMs(): number { return this.#since === undefined ? 0 : this.#lastAt - this.#since; }
  /** Time of the last picture; 0 for none. */
  get lastFrameMono(): number { return this.#lastAt || this.#lastBefore; }
  /** Time since the failure, in ms; 0 if there was none, or a picture has arrived since. */
  get downMs(): number { return this.#failedAt === undefined ? 0 : mono() - this.#failedAt; }

  /** Called at the start of an attempt. */
  start(): void {
    this.#since = undefined;
    this.#lastBefore = this.lastFrameMono;
    this.#lastAt = 0;
  }

  /** Called for a read window without a frame, or a rejected access unit. */
  break(): void {
    this.#since = undefined;
  }

  fail(): void {
    this.#failedAt ??= mono();
  }

  /** Ends the downtime at a picture, and returns its length in ms; undefined if there was none. */
  recover(now: number): number | undefined {
    if (this.#failedAt === undefined) return undefined;
    const downtimeMs = now - this.#failedAt;
    this.#failedAt = undefined;
    return downtimeMs;
  }

  /** Called for each picture. Returns the time since the one before it in this attempt, in ms; undefined for the first. */
  captured(now: number): number | undefined {
    const readMs = this.#lastAt === 0 ? undefined : now - this.#lastAt;
    this.#since ??= now;
    this.#lastAt = now;
    return readMs;
  }
}
