/** Faults of a program that consumes: it is killed or stopped; the messages that it missed are there when it is back. */
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Redis } from 'ioredis';
import { Subject, filter, firstValueFrom, lastValueFrom, map, merge, startWith, timer, toArray } from 'rxjs';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { type Broker, type EncodedFrame, camera, encodeH265, kafka, redis } from '../../src/index.js';
import {
  type Program, type SharedServer, countFrames, footage, needs, sharedKafka, sharedRedis, startProgram, temporaryFolder, threeQuestions,
} from '../services/index.js';
import { captures, eventually } from './kit.js';
import { plainJavaScript } from './plain.js';
import { Sender, numbers } from './reader-kit.js';

const PROGRAM = fileURLToPath(new URL('fixtures/consumer.mjs', import.meta.url));
const PICTURES = 100;
/** Longer than a request may take, below. A minute is a matter for a run by hand. */
const STOPPED_MS = Number(process.env['RXCAM_STOPPED_MS'] ?? 3_000);
const QUICK = { requestTimeoutMs: 1_500, connectTimeoutMs: 1_000 };
/** Less than the time limit of a test, so that a failure states what it waited for. */
const PATIENCE_MS = 50_000;

interface Line { order?: number; verdict?: string; place?: unknown; gap?: number; picture?: number; type?: string; file?: string; error?: string; failed?: string }

/** One run of the program. */
class Consumer {
  readonly lines: Line[] = [];
  readonly #printed = new Subject<void>();
  #program: Program | undefined;

  constructor(readonly rxcam: string, readonly options: object) {}

  async start(): Promise<this> {
    this.#program = await startProgram({
      name: 'consumer', command: process.execPath, args: [PROGRAM, this.rxcam, JSON.stringify(this.options)], ready: /"reading"/,
      onLine: (line) => {
        this.lines.push(JSON.parse(line) as Line);
        this.#printed.next();
      },
    });
    return this;
  }

  get program(): Program { return this.#program as Program; }
  get messages(): Line[] { return this.lines.filter(({ order }) => order !== undefined); }
  get orders() { return this.messages.map(({ order }) => order); }
  get pictures() { return this.lines.flatMap(({ picture }) => picture ?? []); }

  /** Resolves in the turn of the message: it is killed in the middle of the others. */
  async receives(count: number): Promise<void> {
    const late$ = timer(PATIENCE_MS).pipe(map(() => { throw new Error(`${this.messages.length} messages of ${count}, the last: ${JSON.stringify(this.lines.slice(-3))}`); }));
    await firstValueFrom(merge(this.#printed.pipe(startWith(undefined), filter(() => this.messages.length >= count)), late$));
  }

  /** It is gone, and all that it printed is here; so are the processes that it had. */
  async kill(): Promise<readonly number[]> {
    const pids = captures(this.program.pid);
    const read = once(this.program.stdout, 'close');
    await this.program.kill('SIGKILL');
    await read;
    return pids;
  }
}

/** Differences between the kinds. */
interface Kind {
  readonly name: 'kafka' | 'redis';
  server(): Promise<SharedServer>;
  open(url: string, options: object): Broker;
  /** A member was killed: its time passes, after which its messages are another's. */
  passTime(url: string, topic: string, group: string): Promise<void>;
}

function survives({ name: kind, server, open, passTime }: Kind): void {
  let broker: Broker;
  let address: SharedServer;
  let frames: readonly EncodedFrame[];
  let consumers: Consumer[] = [];
  let rxcam: string;
  beforeAll(async () => {
    rxcam = plainJavaScript();
    address = await server();
    broker = open(address.url, QUICK);
    const clip = await footage({ width: 160, height: 90, seconds: 4 });
    const sent$ = camera(clip, { key: 'gate' }).pipe(encodeH265({ mode: 'frame' }), map((frame) => ({ ...frame, data: Buffer.from(frame.data) })), toArray());
    frames = await lastValueFrom(sent$);
    expect(frames).toHaveLength(PICTURES);
  });
  afterEach(async () => {
    for (const { program } of consumers) {
      const pids = captures(program.pid);
      await program.stop();
      await gone(pids);
    }
    await threeQuestions({ logs: consumers.flatMap(({ lines }) => lines) });
    consumers = [];
  });
  afterAll(() => broker.close({ deadlineMs: 0 }));

  const consumer = async (topic: string, options: object = {}) => {
    const own = kind === 'kafka' ? { brokers: [`${address.host}:${address.port}`] } : { url: address.url };
    const one = new Consumer(rxcam, { broker: kind, options: { ...own, ...QUICK }, topic, ...options });
    consumers.push(one);
    return one.start();
  };
  const topicOf = () => `consume-${randomUUID()}`;

  it('is killed while it records, and started again behind its last message: nothing is missing, and every file plays', async () => {
    const [topic, folder] = [topicOf(), temporaryFolder('consumed')];
    const sender = new Sender(broker, topic);
    await sender.sendFrames(frames.slice(0, 30));
    const first = await consumer(topic, { folder, eachMs: 10 });
    await first.receives(30);
    // On a busy machine, ffmpeg begins the file later than the messages arrive.
    await eventually('the beginning of a file', () => readdirSync(folder, { recursive: true, encoding: 'utf8' }).some((name) => name.endsWith('.mp4')));
    await sender.sendFrames(frames.slice(30, 70));
    await first.receives(35);
    await gone(await first.kill());
    await sender.sendFrames(frames.slice(70));
    const second = await consumer(topic, { folder, from: behind(first.messages.at(-1)?.place) });
    await second.receives(PICTURES - first.messages.length);
    await second.program.stop();
    expect(first.messages.length).toBeLessThan(70);
    expect([...first.orders, ...second.orders]).toEqual(numbers(PICTURES));
    expect([...first.lines, ...second.lines].filter(({ gap, verdict, error, failed }) => gap ?? (verdict !== undefined && verdict !== 'whole') ?? error ?? failed)).toEqual([]);
    const files = readdirSync(join(folder, 'cam')).filter((name) => name.endsWith('.mp4'));
    expect(files).toHaveLength(2);
    const played = await Promise.all(files.map((file) => countFrames(join(folder, 'cam', file))));
    // Half a second of each may be lost.
    expect(played[0]).toBeGreaterThanOrEqual(first.messages.length - 13);
    expect(played[1]).toBeGreaterThanOrEqual(second.messages.length - 13);
    expect(played[0]).toBeLessThanOrEqual(first.messages.length);
  });

  it('is killed while it decodes, and started again: every picture that it did not have comes, in order', async () => {
    const topic = topicOf();
    const sender = new Sender(broker, topic);
    await sender.sendFrames(frames.slice(0, 70));
    const first = await consumer(topic);
    await eventually('pictures', () => first.pictures.length >= 20);
    const pids = await first.kill();
    expect(pids).toHaveLength(1);
    await gone(pids);
    await sender.sendFrames(frames.slice(70));
    const second = await consumer(topic, { from: behind(first.messages.at(-1)?.place) });
    await eventually('the last picture', () => second.pictures.at(-1) === frames.at(-1)?.seq);
    expect([...first.orders, ...second.orders]).toEqual(numbers(PICTURES));
    const seqs = frames.map(({ seq }) => seq);
    expect(first.pictures).toEqual(seqs.slice(0, first.pictures.length));
    expect(second.pictures).toEqual(seqs.slice(first.messages.length));
  });

  it('is killed as a member of a group: another takes over, nothing is lost, and what comes twice is what was not acknowledged', async () => {
    const topic = topicOf();
    const group = `group-${topic}`;
    const sender = new Sender(broker, topic);
    await sender.sendFrames(frames.slice(0, 60));
    const first = await consumer(topic, { group, eachMs: 20 });
    await first.receives(15);
    const second = await consumer(topic, { group, eachMs: 1 });
    await first.kill();
    await passTime(address.url, topic, group);
    await sender.sendFrames(frames.slice(60));
    const all = () => new Set([...first.orders, ...second.orders]);
    await eventually('all messages', () => all().size === PICTURES, 60_000);
    expect([...all()].sort((a, b) => Number(a) - Number(b))).toEqual(numbers(PICTURES));
    const twice = second.orders.filter((order) => first.orders.includes(order));
    // Those that the first had done with when it died, and had not acknowledged yet.
    expect(first.orders.slice(-twice.length || PICTURES)).toEqual(twice);
    expect(new Set(second.orders).size).toBe(second.orders.length);
  }, 90_000);

  it('is stopped (SIGSTOP) for longer than a request may take: all that was sent meanwhile comes, once, in order', async () => {
    const topic = topicOf();
    const sender = new Sender(broker, topic);
    const one = await consumer(topic);
    await sender.sendFrames(frames.slice(0, 20));
    await one.receives(10);
    one.program.pause();
    await sender.sendFrames(frames.slice(20));
    await sleep(STOPPED_MS);
    one.program.resume();
    await eventually('the last picture', () => one.pictures.at(-1) === frames.at(-1)?.seq, 60_000);
    expect(one.orders).toEqual(numbers(PICTURES));
    expect(new Set(one.messages.map(({ verdict }) => verdict))).toEqual(new Set(['whole']));
    expect(one.lines.filter(({ gap }) => gap !== undefined)).toEqual([]);
    expect(one.pictures).toEqual(frames.map(({ seq }) => seq));
  }, STOPPED_MS + 60_000);
}

const gone = (pids: readonly number[]) => eventually('the end of its ffmpeg', () => !pids.some(isAlive));

/** Where a reading begins that has had this message. */
function behind(place: unknown): unknown {
  if (typeof place !== 'string') return { offset: Number((place as { offset: string }).offset) + 1 };
  const [ms, index] = place.split('-');
  return `${ms}-${Number(index) + 1}`;
}

function isAlive(pid: number): boolean {
  return existsSync(`/proc/${pid}/cwd`);
}

needs('kafka', 'ffmpeg')('a consumer of Kafka', () => {
  survives({
    name: 'kafka', server: sharedKafka, open: (url, options) => kafka({ brokers: [new URL(url).host], ...options }),
    // Its session ends within 10 s.
    passTime: () => Promise.resolve(),
  });
});

needs('redis', 'ffmpeg')('a consumer of Redis', () => {
  survives({
    name: 'redis', server: sharedRedis, open: (url, options) => redis({ url, ...options }),
    // A minute, by the server's own account of it.
    passTime: async (url, topic, group) => {
      const client = new Redis(url);
      const pending = await client.xpending(topic, group, '-', '+', 1_000) as [id: string, member: string][];
      for (const [id, member] of pending) await client.xclaim(topic, group, member, 0, id, 'IDLE', 60_000, 'JUSTID');
      client.disconnect();
    },
  });
});
