/** A fleet on real Kafka: cold start, death, drain, stop, growth, a broker that is away, a rolling restart. Prints distributions. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { lastValueFrom } from 'rxjs';
// @ts-expect-error -- the built package, as users have it
import * as rxcam from '../../dist/bundle/index.js';
import { startKafka } from '../services/kafka.js';

const { kafka, subscribe, verify, coordinator } = rxcam as typeof import('../../src/index.js');
const { values: given } = parseArgs({ options: {
  cameras: { type: 'string', default: '1000' }, workers: { type: 'string', default: '10' }, rate: { type: 'string', default: '5' },
  only: { type: 'string', default: '' },
} });
const CAMERAS = Number(given.cameras);
const WORKERS = Number(given.workers);
const TICKS_MS = 10;

/** The sender of a camera's messages, and when it took over. */
interface Takeover { readonly key: string; readonly at: number; readonly gapMs: number; readonly from: string; readonly to: string }
interface Seen { sender: string; at: number }

const server = await startKafka();
const seen = new Map<string, Seen>();
const takeovers: Takeover[] = [];
const workers = new Map<string, { readonly child: ChildProcess; state: Record<string, unknown>; readonly ended: Promise<unknown> }>();
const check = verify({ keep: ['fenced', 'repeated'] });

function startWorker(name: string): void {
  const child = spawn(process.execPath, [new URL('fleet-worker.mjs', import.meta.url).pathname, server.address, name, given.rate], { stdio: ['ignore', 'pipe', 'inherit'] });
  const worker = { child, state: {}, ended: once(child, 'close') };
  child.stdout.on('data', (text: Buffer) => {
    for (const line of text.toString().split('\n').filter((one) => one !== '')) worker.state = JSON.parse(line) as Record<string, unknown>;
  });
  workers.set(name, worker);
}

const broker = kafka({ brokers: [server.address] });
const group = coordinator(broker);
const rows = Array.from({ length: CAMERAS }, (_, index) => ({ key: `camera-${index}`, value: '{}' }));
for (let at = 0; at < rows.length; at += 200) await lastValueFrom(group.write('cameras', rows.slice(at, at + 200)), { defaultValue: undefined });
await broker.prepare('video');
const reading = subscribe(broker, { topic: 'video', from: 'earliest' }).pipe(check).subscribe((message) => {
  if (message.verdict !== 'whole') return;
  const sender = message.id?.split('/').slice(0, -1).join('/') ?? '';
  const at = message.capturedAt ?? message.timestamp;
  const before = seen.get(message.camera);
  if (before === undefined) seen.set(message.camera, { sender, at });
  else {
    if (before.sender !== sender) takeovers.push({ key: message.camera, at, gapMs: at - before.at, from: before.sender, to: sender });
    before.sender = sender;
    before.at = at;
  }
});

const shown = (values: readonly number[]) => {
  if (values.length === 0) return 'none';
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number) => ((sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0) / 1000).toFixed(2);
  return `p50 ${at(0.5)} s, p90 ${at(0.9)}, p99 ${at(0.99)}, max ${at(1)} (${sorted.length})`;
};
const say = (text: string) => { console.log(`${new Date().toISOString().slice(11, 19)} ${text}`); };
const isStable = () => [...workers.values()].reduce((sum, { state }) => sum + Number(state['running'] ?? 0), 0) >= CAMERAS;
async function until(test: () => boolean, withinMs: number): Promise<boolean> {
  const end = Date.now() + withinMs;
  while (!test() && Date.now() < end) await wait(50);
  return test();
}
const verdicts = () => ({ ...check.stats });
const missing = (before: ReturnType<typeof verdicts>) => {
  const now = verdicts();
  return `lost ${now.lost - before.lost - (now.late - before.late)}, dropped ${now.dropped - before.dropped}, fenced on the wire ${now.fenced - before.fenced}, repeated ${now.repeated - before.repeated}`;
};

/** The takeovers since a moment, once there are so many, or the time is over. */
async function takeoversAfter(at: number, count: number, withinMs: number): Promise<Takeover[]> {
  const since = () => takeovers.filter((one) => one.at >= at);
  await until(() => since().length >= count, withinMs);
  await wait(2_000);
  return since();
}

const nameOf = (index: number) => `worker-${String(index).padStart(2, '0')}`;
const running = (name: string) => Number(workers.get(name)?.state['running'] ?? 0);
const leader = () => [...workers].find(([, { state }]) => state['isLeader'] === true)?.[0] ?? nameOf(0);
const follower = () => [...workers.keys()].find((name) => name !== leader() && running(name) > 0) ?? nameOf(0);

async function death(title: string, name: string): Promise<void> {
  const before = verdicts();
  const cameras = running(name);
  const at = Date.now();
  workers.get(name)?.child.kill('SIGKILL');
  workers.delete(name);
  const moved = await takeoversAfter(at, cameras, 30_000);
  say(`${title}: ${cameras} cameras; first message elsewhere after ${shown(moved.map((one) => one.at - at))}; others: ${Math.max(0, moved.length - cameras)} changed sender, ${missing(before)}`);
  startWorker(name);
  await until(isStable, 30_000);
  await wait(3_000);
}

const SCENES: Readonly<Record<string, () => Promise<void>>> = {
  death: () => death('SIGKILL of a worker', follower()),
  leader: () => death('SIGKILL of the leader', leader()),
  drain: async () => {
    const before = verdicts();
    const name = follower();
    const cameras = running(name);
    const at = Date.now();
    workers.get(name)?.child.kill('SIGTERM');
    const moved = await takeoversAfter(at, cameras, 30_000);
    await Promise.race([workers.get(name)?.ended, wait(15_000)]);
    say(`SIGTERM: ${cameras} cameras; gap ${shown(moved.map(({ gapMs }) => gapMs))}; ${missing(before)}; the worker: ${JSON.stringify(workers.get(name)?.state)}`);
    startWorker(name);
    await until(isStable, 30_000);
    await wait(3_000);
  },
  stop: async () => {
    const before = verdicts();
    const name = follower();
    const cameras = running(name);
    const at = Date.now();
    workers.get(name)?.child.kill('SIGSTOP');
    await wait(20_000);
    workers.get(name)?.child.kill('SIGCONT');
    await wait(8_000);
    const moved = takeovers.filter((one) => one.at >= at);
    say(`SIGSTOP for 20 s: ${cameras} cameras; elsewhere after ${shown(moved.slice(0, cameras).map((one) => one.at - at))}; ${missing(before)}`);
    await until(isStable, 30_000);
  },
  away: async () => {
    const before = verdicts();
    const at = Date.now();
    server.pause();
    await wait(20_000);
    server.resume();
    await wait(15_000);
    const moved = takeovers.filter((one) => one.at >= at);
    say(`Kafka stopped for 20 s: ${moved.length} cameras changed sender; ${missing(before)}`);
  },
  grow: async () => {
    await wait(16_000);
    const before = verdicts();
    const at = Date.now();
    startWorker(nameOf(WORKERS));
    await until(() => running(nameOf(WORKERS)) > 0, 40_000);
    await wait(25_000);
    const moved = takeovers.filter((one) => one.at >= at);
    const twice = moved.length - new Set(moved.map(({ key }) => key)).size;
    say(`one more worker: ${moved.length} of ${CAMERAS} cameras moved (${Math.ceil(CAMERAS / (WORKERS + 1))} are its share), ${twice} twice; gap ${shown(moved.map(({ gapMs }) => gapMs))}; ${missing(before)}`);
  },
  rolling: async () => {
    const before = verdicts();
    const at = Date.now();
    for (const name of [...workers.keys()]) {
      workers.get(name)?.child.kill('SIGTERM');
      await Promise.race([workers.get(name)?.ended, wait(20_000)]);
      startWorker(name);
      await until(() => workers.get(name)?.state['status'] === 'member', 20_000);
    }
    await until(isStable, 30_000);
    await wait(25_000);
    const moved = takeovers.filter((one) => one.at >= at);
    say(`rolling restart: ${(moved.length / CAMERAS).toFixed(2)} moves a camera; gap ${shown(moved.map(({ gapMs }) => gapMs))}; ${missing(before)}`);
  },
  idle: async () => {
    const from = cpuMs();
    const bytes = await statusBytes();
    await wait(20_000);
    const cores = [...cpuMs()].map(([pid, ms]) => (ms - (from.get(pid) ?? ms)) / 20_000);
    say(`CPU of a worker with its cameras: ${cores.map((one) => `${(one * 100).toFixed(1)} %`).join(', ')} of a core; status ${((await statusBytes() - bytes) / 20_000).toFixed(1)} kB/s`);
  },
};

function cpuMs(): Map<number, number> {
  return new Map([...workers.values()].flatMap(({ child: { pid = 0 } }) => {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/^.*\) /, '').split(' ');
    return [[pid, (Number(fields[11]) + Number(fields[12])) * TICKS_MS] as const];
  }));
}

/** Bytes that were read from the topic of status. */
let statusRead = 0;
const statusReading = [group.rows('workers'), group.rows('reports')].map((rows$) => rows$.subscribe(({ rows: some }) => {
  for (const { key, value = '' } of some) statusRead += key.length + value.length + 30;
}));
const statusBytes = () => Promise.resolve(statusRead);

const at = Date.now();
for (let index = 0; index < WORKERS; index++) startWorker(nameOf(index));
await until(() => seen.size >= CAMERAS, 120_000);
say(`cold start of ${WORKERS} workers: first messages of ${seen.size} of ${CAMERAS} cameras, the last after ${((Date.now() - at) / 1000).toFixed(1)} s`);
await until(() => [...workers.keys()].every((name) => running(name) > 0), 60_000);
await wait(5_000);
const only = given.only === '' ? Object.keys(SCENES) : given.only.split(',');
for (const name of only) await SCENES[name]?.();
say(`in total: ${JSON.stringify(check.stats)}`);
reading.unsubscribe();
for (const one of statusReading) one.unsubscribe();
for (const { child } of workers.values()) child.kill('SIGKILL');
group.close();
await broker.close({ deadlineMs: 0 });
await server.stop();
process.exit();
