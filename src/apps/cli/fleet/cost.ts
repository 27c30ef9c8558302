/** The cost of cameras: the CPU of this process and of its children, measured, shared by the pictures that each camera decodes. */
import { readFileSync, readdirSync } from 'node:fs';
import { mono } from '../../../core/clock.js';
import type { CameraStats } from '../../../ledger/index.js';

/** Interval of measuring; ms. */
const EVERY_MS = 2_000;
/** Of the kernel's accounts, on every Linux. */
const TICKS_PER_SECOND = 100;
/** Weight of a new measurement: one that differs moves no camera. */
const SMOOTHING = 0.3;
const PARENT_AT = 1;
const USER_AT = 11;
const SYSTEM_AT = 12;

export class Costs {
  readonly #rates = new Map<string, number>();
  readonly #childMs = new Map<number, number>();
  #at = mono();
  #own = process.cpuUsage();
  /** Cores, over the last windows. */
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
    const cores = ((user + system) / 1_000 + this.#childrenMs()) / ms;
    this.#cores = this.#cores === 0 ? cores : this.#cores + (cores - this.#cores) * SMOOTHING;
  }

  /** CPU that the children have taken since the last call; 0 where the system does not say. */
  #childrenMs(): number {
    let sum = 0;
    const seen = new Set<number>();
    for (const { pid, cpuMs } of children()) {
      sum += Math.max(0, cpuMs - (this.#childMs.get(pid) ?? 0));
      this.#childMs.set(pid, cpuMs);
      seen.add(pid);
    }
    for (const pid of this.#childMs.keys()) if (!seen.has(pid)) this.#childMs.delete(pid);
    return sum;
  }
}

function children(): { readonly pid: number; readonly cpuMs: number }[] {
  try {
    return readdirSync('/proc').filter((name) => /^\d+$/.test(name)).flatMap((name) => {
      try {
        const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
        // The name of the program, in parentheses, may hold anything.
        const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
        if (Number(fields[PARENT_AT]) !== process.pid) return [];
        const ticks = Number(fields[USER_AT]) + Number(fields[SYSTEM_AT]);
        return [{ pid: Number(name), cpuMs: (ticks * 1_000) / TICKS_PER_SECOND }];
      } catch {
        return [];
      }
    });
  } catch {
    return [];
  }
}
