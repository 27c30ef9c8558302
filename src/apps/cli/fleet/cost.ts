/** Measures the cost of cameras: the CPU time of this process and its children, in proportion to the pictures that each camera decodes. */
import { mono } from '../../../core/clock.js';
import type { CameraStats } from '../../../ledger/index.js';
import { childCpuMs } from '../program/index.js';

/** Minimum time between two measurements; ms. */
const EVERY_MS = 2_000;
/** Weight of a new measurement, so small that a single one moves no camera. */
const SMOOTHING = 0.3;

export class CostMeter {
  /** Decoded pictures per second, by the key of the camera. */
  readonly #rates = new Map<string, number>();
  #childrenMs = 0;
  #at = mono();
  #own = process.cpuUsage();
  /** Cores used, smoothed over the last windows. */
  #cores = 0;

  /** Cores that a camera takes; undefined before the first measurement. */
  of(key: string, { rate: { captured } }: CameraStats): number | undefined {
    this.#rates.set(key, captured);
    this.#measure();
    const all = [...this.#rates.values()].reduce((sum, rate) => sum + rate, 0);
    return this.#cores === 0 || all === 0 ? undefined : (this.#cores * captured) / all;
  }

  forget(key: string): void {
    this.#rates.delete(key);
  }

  #measure(): void {
    const now = mono();
    const ms = now - this.#at;
    if (ms < EVERY_MS) return;
    const { user, system } = process.cpuUsage(this.#own);
    this.#own = process.cpuUsage();
    this.#at = now;
    const childrenMs = childCpuMs() ?? 0;
    // For a moment, a child that ends is counted neither as running nor as ended.
    const cores = ((user + system) / 1_000 + Math.max(0, childrenMs - this.#childrenMs)) / ms;
    this.#childrenMs = childrenMs;
    this.#cores = this.#cores === 0 ? cores : this.#cores + (cores - this.#cores) * SMOOTHING;
  }
}
