/** Measures the cost of cameras: the CPU of this process and of its children, divided in proportion to the pictures that each camera decodes. */
import { mono } from '../../../core/clock.js';
import type { CameraStats } from '../../../ledger/index.js';
import { childrenCpuMs } from '../program/index.js';

/** Interval of measuring; ms. */
const EVERY_MS = 2_000;
/** Weight of a new measurement, small enough that a single one moves no camera. */
const SMOOTHING = 0.3;

export class Costs {
  readonly #rates = new Map<string, number>();
  #childrenMs = 0;
  #at = mono();
  #own = process.cpuUsage();
  /** Cores used, smoothed over the last windows. */
  #cores = 0;

  /** Cores that a camera takes; undefined while nothing is measured. */
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
    const childrenMs = childrenCpuMs() ?? 0;
    // For a moment, a child that ends is counted neither as running nor as ended.
    const cores = ((user + system) / 1_000 + Math.max(0, childrenMs - this.#childrenMs)) / ms;
    this.#childrenMs = childrenMs;
    this.#cores = this.#cores === 0 ? cores : this.#cores + (cores - this.#cores) * SMOOTHING;
  }
}
