/** The flow of a run's pictures: how long it has lasted without a break, when the last one arrived, and the downtime. */
import { mono } from '../../core/clock.js';

/** The flow of pictures. All times are monotonic, in ms. */
export class Flow {
  #since: number | undefined;
  #failedAt: number | undefined;
  /** Time of the last picture in this attempt, and in those before it; 0 for none. */
  #lastAt = 0;
  #lastBefore = 0;

  /** How long frames had arrived without a break when the last one arrived, in ms. */
  get flowedMs(): number { return this.#since === undefined ? 0 : this.#lastAt - this.#since; }
  /** Time of the last picture; 0 for none. */
  get lastFrameMono(): number { return this.#lastAt || this.#lastBefore; }
  /** Time since the failure from which it has not recovered, in ms; 0 for none. */
  get downMs(): number { return this.#failedAt === undefined ? 0 : mono() - this.#failedAt; }

  start(): void {
    this.#since = undefined;
    this.#lastBefore = this.lastFrameMono;
    this.#lastAt = 0;
  }

  /** A read window without a frame, or a rejected access unit: the flow is broken. */
  break(): void {
    this.#since = undefined;
  }

  fail(): void {
    this.#failedAt ??= mono();
  }

  /** The downtime that ends with a picture, in ms; undefined if there was none. */
  recover(now: number): number | undefined {
    if (this.#failedAt === undefined) return undefined;
    const downtimeMs = now - this.#failedAt;
    this.#failedAt = undefined;
    return downtimeMs;
  }

  /** A picture has arrived. Returns the time since the one before it in this attempt. */
  captured(now: number): number | undefined {
    const readMs = this.#lastAt === 0 ? undefined : now - this.#lastAt;
    this.#since ??= now;
    this.#lastAt = now;
    return readMs;
  }
}
