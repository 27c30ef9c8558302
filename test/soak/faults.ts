/** The faults of the soak test: real ones, at random times. */
import { setTimeout as wait } from 'node:timers/promises';
import type { Restartable } from '../services/restartable.js';
import type { SoakCamera } from './cameras.js';

export interface Fault {
  readonly name: string;
  readonly weight: number;
  /** The part that has the fault. It has no second fault at the same time. */
  readonly victim: string;
  run(between: (from: number, to: number) => number): Promise<void>;
}

/** Injects faults until it is stopped, and ends each of them. */
export class Faults {
  /** The number of times that each fault has happened. */
  readonly counts = new Map<string, number>();
  readonly errors: unknown[] = [];
  readonly #victims = new Set<string>();
  readonly #running = new Set<Promise<void>>();
  readonly #stopping = new AbortController();

  /** @param random - returns a number from 0 up to 1, without 1 */
  constructor(readonly faults: readonly Fault[], readonly random: () => number, readonly everyMs: { readonly min: number; readonly max: number }) {}

  /** Resolves after `stop`, when every server is running again. */
  async run(): Promise<void> {
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      await this.#sleep(this.#between(this.everyMs.min, this.everyMs.max));
      if (!signal.aborted) this.#start(this.#pick());
    }
    await Promise.all(this.#running);
  }

  stop(): void {
    this.#stopping.abort();
  }

  #start(fault: Fault): void {
    if (this.#victims.has(fault.victim)) return;
    this.#victims.add(fault.victim);
    this.counts.set(fault.name, (this.counts.get(fault.name) ?? 0) + 1);
    const running = fault.run((from, to) => this.#between(from, to)).catch((error: unknown) => { this.errors.push(error); }).finally(() => {
      this.#victims.delete(fault.victim);
      this.#running.delete(running);
    });
    this.#running.add(running);
  }

  #pick(): Fault {
    const total = this.faults.reduce((sum, { weight }) => sum + weight, 0);
    let at = this.random() * total;
    return this.faults.find(({ weight }) => (at -= weight) < 0) ?? this.faults[0]!;
  }

  #between(from: number, to: number): number {
    return from + this.random() * (to - from);
  }

  async #sleep(ms: number): Promise<void> {
    await wait(ms, undefined, { signal: this.#stopping.signal }).catch(() => { /* stopped */ });
  }
}

export function serverFaults(name: string, server: Restartable, weight: number): Fault[] {
  return [
    {
      name: `${name} killed`, weight, victim: name,
      run: async (between) => {
        await server.kill();
        await wait(between(500, 12_000));
        await server.start();
      },
    },
    {
      name: `${name} hung`, weight, victim: name,
      run: async (between) => {
        server.pause();
        await wait(between(1_000, 15_000));
        server.resume();
      },
    },
  ];
}

export function cameraFaults(one: SoakCamera, weight: number): Fault[] {
  const signalled = (signal: NodeJS.Signals) => async () => {
    for (const pid of one.processes()) sendSignal(pid, signal);
  };
  const fault = (name: string, share: number, run: Fault['run']): Fault => ({ name, weight: weight * share, victim: one.name, run });
  return [
    fault('ffmpeg killed', 0.4, signalled('SIGKILL')),
    fault('ffmpeg stopped', 0.3, signalled('SIGSTOP')),
    fault('retryNow', 0.1, async () => { one.gate.retryNow(); }),
    fault('unsubscribed', 0.2, async (between) => {
      one.stop();
      await wait(between(0, 3_000));
      one.start();
    }),
  ];
}

/** The process may have ended already. */
function sendSignal(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** Mulberry32: the same seed results in the same faults, if the machine behaves in the same way. */
export function seeded(from: number): () => number {
  let state = from;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
