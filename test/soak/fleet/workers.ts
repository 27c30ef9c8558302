/** The workers of the fleet's soak test, as processes, and their faults. */
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { type Program, startProgram } from '../../services/process.js';
import { type Counts, ledgerBalances } from '../../services/processes.js';
import type { TcpProxy } from '../../services/proxy.js';
import type { Fault } from '../faults.js';

const MAIN = fileURLToPath(new URL('../../../dist/bundle/cli.js', import.meta.url));

interface Ended extends Counts { readonly camera: string }

/** One machine of the fleet. Its worker runs, has been killed, or has drained. */
export class Machine {
  readonly problems: string[] = [];
  /** Messages published by cameras that have ended here, from their ledgers. */
  readonly published = new Map<string, number>();
  /** Messages dropped by them, from the same ledgers. */
  readonly dropped = new Map<string, number>();
  wasKilled = false;
  ledgers = 0;
  state: Readonly<Record<string, unknown>> = {};
  #program: Program | undefined;
  /** Whether its end is expected: it was killed, or drains. */
  #mayEnd = false;

  constructor(readonly name: string, readonly address: string) {}

  get alive(): boolean { return this.#program?.alive === true; }
  get pid(): number { return this.#program?.pid ?? 0; }
  get running(): number { return Number((this.state['cameras'] as Record<string, number> | undefined)?.['running'] ?? 0); }

  async start(): Promise<void> {
    this.#mayEnd = false;
    const program = this.#program = await startProgram({
      name: this.name, command: process.execPath, onLine: (line) => { this.#read(line); },
      // Until it prints this, it does not handle signals.
      ready: /"status"/,
      args: [MAIN, 'worker', '--to', `kafka://${this.address}/video`, '--name', this.name, '--capacity', '8', '--json', '--log-level', 'warn'],
    });
    void program.exited.then((how) => { if (!this.#mayEnd) this.problems.push(`${this.name}: ended by itself, ${JSON.stringify(how)}:\n${program.tail()}`); });
  }

  /** Kills only Node: its ffmpeg processes must end without it. */
  async kill(): Promise<void> {
    this.wasKilled = this.#mayEnd = true;
    process.kill(this.pid, 'SIGKILL');
    await this.#program?.exited;
  }

  /** Ends it by SIGTERM, as a service manager does. */
  async drain(): Promise<void> {
    if (!this.alive) return;
    this.#mayEnd = true;
    process.kill(this.pid, 'SIGTERM');
    const exited = await this.#program?.exited;
    if (exited?.code !== 0) this.problems.push(`${this.name}: ended with ${JSON.stringify(exited)} after SIGTERM:\n${this.#program?.tail() ?? ''}`);
  }

  pause(): void { process.kill(this.pid, 'SIGSTOP'); }
  resume(): void { process.kill(this.pid, 'SIGCONT'); }

  #read(line: string): void {
    const parsed = JSON.parse(line) as Record<string, unknown>;
    if (!('captured' in parsed)) {
      this.state = parsed;
      return;
    }
    const ended = parsed as unknown as Ended;
    this.ledgers++;
    this.published.set(ended.camera, (this.published.get(ended.camera) ?? 0) + ended.published);
    this.dropped.set(ended.camera, (this.dropped.get(ended.camera) ?? 0) + Object.values(ended.dropped).reduce((sum, one) => sum + one, 0));
    try {
      ledgerBalances(ended);
    } catch (error) {
      this.problems.push(`${this.name}, ${ended.camera}: ${(error as Error).message}`);
    }
  }
}

/** A worker is killed, drained or suspended, and then runs again. All these faults have one victim, so that only one worker is affected at a time. */
export function workerFaults(machines: readonly Machine[], weight: number): Fault[] {
  const fault = (name: string, share: number, run: Fault['run']): Fault => ({ name, weight: weight * share, victim: 'workers', run });
  return machines.flatMap((machine) => [
    fault('worker killed', 3, async (between) => {
      await machine.kill();
      await wait(between(0, 15_000));
      await machine.start();
    }),
    fault('worker drained', 2, async (between) => {
      await machine.drain();
      await wait(between(0, 10_000));
      await machine.start();
    }),
    fault('worker stopped', 2, async (between) => {
      machine.pause();
      await wait(between(1_000, 20_000));
      machine.resume();
    }),
  ]);
}

export function cableFaults(cable: TcpProxy, weight: number): Fault[] {
  const fault = (name: string, run: Fault['run']): Fault => ({ name, weight, victim: 'workers', run });
  return [
    fault('cable pulled', async (between) => {
      cable.pause();
      await wait(between(1_000, 20_000));
      cable.resume();
    }),
    fault('connections reset', () => Promise.resolve(cable.reset())),
  ];
}
