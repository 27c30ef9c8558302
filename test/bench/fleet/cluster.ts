/** The processes of the fleet benchmark: a real Kafka, and workers, one of them behind a cable that can be disconnected. */
import { type ChildProcess, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { type KafkaServer, startKafka } from '../../services/kafka.js';
import { freePort } from '../../services/ports.js';

const TICKS_MS = 10;
const LOOK_MS = 50;

/** The last status of a worker. */
interface Words {
  readonly status?: string;
  readonly isLeader?: boolean;
  readonly running?: number;
  readonly generated?: number;
  readonly acknowledged?: number;
  readonly unsent?: number;
}

export class Worker {
  words: Words = {};
  readonly ended: Promise<unknown>;

  constructor(readonly name: string, readonly child: ChildProcess) {
    this.ended = once(child, 'close');
    let rest = '';
    child.stdout?.on('data', (text: Buffer) => {
      const lines = (rest + text.toString()).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) this.words = { ...this.words, ...JSON.parse(line) as Words };
    });
  }

  get running(): number { return this.words.running ?? 0; }

  get cpuMs(): number { return cpuMsOf(this.child.pid ?? 0); }
}

/** User and system CPU time; ms. */
function cpuMsOf(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/^.*\) /, '').split(' ');
  return (Number(fields[11]) + Number(fields[12])) * TICKS_MS;
}

export async function until(test: () => boolean, withinMs: number): Promise<boolean> {
  const end = performance.now() + withinMs;
  while (!test() && performance.now() < end) await wait(LOOK_MS);
  return test();
}

export interface ClusterOptions { readonly cameras: number; readonly workers: number; readonly rate: number; readonly fleet: string }

export class Cluster {
  readonly workers = new Map<string, Worker>();

  constructor(readonly server: KafkaServer, readonly cable: Cable, readonly options: ClusterOptions) {}

  nameOf(index: number): string { return `worker-${String(index).padStart(2, '0')}`; }

  /** The worker behind the cable. */
  get cabled(): string { return this.nameOf(this.options.workers - 1); }

  startAll(): void {
    for (let index = 0; index < this.options.workers; index++) this.start(this.nameOf(index));
  }

  start(name: string): void {
    const { rate, fleet } = this.options;
    const address = name === this.cabled ? this.cable.address : this.server.address;
    const program = new URL('worker.mjs', import.meta.url).pathname;
    this.workers.set(name, new Worker(name, spawn(process.execPath, [program, address, name, String(rate), fleet], { stdio: ['ignore', 'pipe', 'inherit'] })));
  }

  get(name: string): Worker {
    const worker = this.workers.get(name);
    if (worker === undefined) throw new Error(`there is no ${name}`);
    return worker;
  }

  kill(name: string, signal: NodeJS.Signals): void { this.get(name).child.kill(signal); }

  running(name: string): number { return this.workers.get(name)?.running ?? 0; }

  get leader(): string { return [...this.workers.values()].find(({ words }) => words.isLeader === true)?.name ?? this.nameOf(0); }

  /** A worker that is not the leader, and not behind the cable. */
  get follower(): string {
    return [...this.workers.values()].find(({ name, running }) => name !== this.leader && name !== this.cabled && running > 0)?.name ?? this.nameOf(0);
  }

  get isWhole(): boolean { return this.sum(({ running = 0 }) => running) >= this.options.cameras; }

  /** Waits until each worker has cameras. */
  get isSpread(): boolean { return [...this.workers.values()].every(({ running }) => running > 0); }

  /** Waits until all cameras run, each worker is a member, and a new one has its share: until then, slots move for balance. */
  settled(withinMs: number): Promise<boolean> {
    return until(() => this.isWhole && this.isSpread && [...this.workers.values()].every(({ words }) => words.status === 'member'), withinMs);
  }

  sum(of: (words: Words) => number): number {
    return [...this.workers.values()].reduce((all, { words }) => all + of(words), 0);
  }

  /** CPU time so far of all workers, of Kafka and of this process; s. */
  get cpu(): readonly [workers: number, kafka: number, own: number] {
    const workers = [...this.workers.values()].reduce((sum, { cpuMs }) => sum + cpuMs, 0);
    return [workers / 1_000, cpuMsOf(this.server.pid) / 1_000, cpuMsOf(process.pid) / 1_000];
  }

  /** CPU of each worker over an interval, as a share of a core. */
  async cores(overMs: number): Promise<number[]> {
    const all = [...this.workers.values()];
    const [before, at] = [all.map(({ cpuMs }) => cpuMs), performance.now()];
    await wait(overMs);
    return all.map(({ cpuMs }, index) => (cpuMs - (before[index] ?? 0)) / (performance.now() - at));
  }

  end(): void {
    for (const { child } of this.workers.values()) child.kill('SIGKILL');
    this.workers.clear();
  }
}

/** The cable between one worker and Kafka. */
export class Cable {
  private constructor(readonly child: ChildProcess, readonly port: number) {}

  static async start(to: number): Promise<Cable> {
    const child = fork(new URL('cable.mjs', import.meta.url), [String(to)]);
    const [{ port }] = await once(child, 'message') as [{ port: number }];
    return new Cable(child, port);
  }

  get address(): string { return `127.0.0.1:${this.port}`; }

  /** Data in transit is held, as in the buffers of a network. */
  pull(): void { this.child.send('pull'); }
  plug(): void { this.child.send('plug'); }
  stop(): void { this.child.disconnect(); }
}

/** A Kafka with a second listener, which clients reach through a cable: it advertises the address of the cable's other end. */
export async function startBehindCable(): Promise<{ server: KafkaServer; cable: Cable }> {
  const port = await freePort();
  const cable = await Cable.start(port);
  // Kafka's default: the first round of a group waits for more members. The other tests disable it.
  const properties = { 'group.initial.rebalance.delay.ms': '3000' };
  return { cable, server: await startKafka({ second: { port, advertisedPort: cable.port }, properties }) };
}
