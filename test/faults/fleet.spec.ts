/** A fleet of three real workers, with cameras by RTSP and real Kafka: one is killed, one stopped, one drained, and Kafka is away. */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { ReplaySubject, type Subscription, filter, firstValueFrom, interval, lastValueFrom, map, skip, take, timeout, toArray } from 'rxjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Broker, handleOf } from '../../src/broker/index.js';
import { type Gap, type Verified, kafka, subscribe, verify } from '../../src/index.js';
import { MAIN, build } from '../real/apps/cli-program.js';
import { type KafkaServer, type Program, type RtspServer, ledgerBalances, noFfmpegLeft, secretsKept, startKafka, startProgram, startRtspServer } from '../services/index.js';

const CAMERAS = ['gate', 'yard', 'roof', 'dock', 'hall', 'lift'];
const SECRET = 'fleet-secret-7';
const SECRETS = { CAMERA_PASSWORD: SECRET };
const WITHIN_MS = 90_000;

/** A worker's last word about itself, and the counts of cameras that have ended there. */
class Worker {
  readonly lines: string[] = [];
  readonly said$ = new ReplaySubject<Readonly<Record<string, unknown>>>();
  program: Program | undefined;

  constructor(readonly name: string) {}

  async start(to: string): Promise<this> {
    this.program = await startProgram({
      name: this.name, command: process.execPath, env: SECRETS,
      args: [MAIN, 'worker', '--to', `${to}/video`, '--name', this.name, '--capacity', '8', '--json', '--log-level', 'debug'],
      onLine: (line) => {
        this.lines.push(line);
        this.said$.next(JSON.parse(line) as Record<string, unknown>);
      },
    });
    return this;
  }

  says(test: (line: Readonly<Record<string, unknown>>) => boolean): Promise<unknown> {
    return firstValueFrom(this.said$.pipe(filter(test), timeout(WITHIN_MS)));
  }

  /** The same, of the lines from now on: what it said before a fault does not answer it. */
  saysNext(test: (line: Readonly<Record<string, unknown>>) => boolean): Promise<unknown> {
    return firstValueFrom(this.said$.pipe(skip(this.lines.length), filter(test), timeout(WITHIN_MS)));
  }

  get ledgers() { return this.lines.map((line) => JSON.parse(line) as Record<string, unknown>).filter((line) => 'captured' in line); }
}

describe('a fleet of three workers', () => {
  let server: KafkaServer;
  let rtsp: RtspServer;
  let broker: Broker;
  let reading: Subscription;
  const seen: Verified[] = [];
  const gaps: Gap[] = [];
  /** The sender of each camera's last message. */
  const senders = new Map<string, string>();
  const workers = Object.fromEntries(['a', 'b', 'c'].map((name) => [name, new Worker(name)])) as Record<'a' | 'b' | 'c', Worker>;

  beforeAll(async () => {
    [server, rtsp] = await Promise.all([
      startKafka(), startRtspServer({ width: 160, height: 120, fps: 5, gop: 5, bitrate: 100, user: 'u', password: SECRET }), build(),
    ]);
    broker = kafka({ brokers: [server.address] });
    await broker.prepare('video');
    const check = verify({ keep: ['fenced', 'repeated', 'torn'], onGap: (gap) => { gaps.push(gap); } });
    reading = subscribe(broker, { topic: 'video', from: 'earliest' }).pipe(check).subscribe((one) => {
      if (one.verdict === 'gap') return;
      seen.push(one);
      if (one.verdict === 'whole') senders.set(one.camera, senderOf(one));
    });
  });

  afterAll(async () => {
    reading.unsubscribe();
    for (const { program } of Object.values(workers)) await program?.kill();
    await broker.close({ deadlineMs: 0 });
    await Promise.all([server.stop(), rtsp.stop()]);
  });

  const senderOf = ({ id = '' }: Verified) => id.split('/').slice(0, -1).join('/');
  const until = (test: () => boolean) => firstValueFrom(interval(50).pipe(filter(test), timeout(WITHIN_MS)));
  const cli = (...words: string[]) => execa(process.execPath, [MAIN, 'fleet', ...words, '--to', server.url], { env: SECRETS });
  /** The owners, once so many workers have cameras, all of them stream, and nothing has moved between two reports. */
  const settled = async (count: number): Promise<ReadonlyMap<string, string>> => {
    for (let last = ''; ;) {
      const { stdout } = await cli('status', '--json');
      const { cameras } = JSON.parse(stdout) as { cameras: Record<string, { worker?: string; state: string; epoch?: number }> };
      const now = JSON.stringify(Object.entries(cameras).map(([key, { worker, epoch }]) => [key, worker, epoch]));
      const isAll = Object.values(cameras).every(({ state }) => state === 'streaming') && new Set(Object.values(cameras).map(({ worker }) => worker)).size === count;
      if (isAll && now === last) return new Map(Object.entries(cameras).map(([key, { worker = '' }]) => [key, worker]));
      last = now;
    }
  };
  /** Resolves when each of these cameras sends from elsewhere. */
  const moved = (keys: readonly string[], before: ReadonlyMap<string, string>) => until(() => keys.every((key) => senders.get(key) !== before.get(key)));

  it('loses no camera to a death, a stop, a drain or a broker that is away, and no message that is not named', { timeout: 400_000 }, async () => {
    const folder = mkdtempSync(join(tmpdir(), 'rxcam-fleet-'));
    const file = join(folder, 'cameras.yaml');
    const source = rtsp.url.replace(`:${SECRET}@`, ':${env:CAMERA_PASSWORD}@');
    expect(source).not.toContain(SECRET);
    const cameras = Object.fromEntries(CAMERAS.map((key) => [key, {
      source, pipeline: [{ skipRate: { fps: 2 } }, { encodeJpeg: {} }, { toMessage: {} }, { publish: { topic: 'video' } }],
    }]));
    writeFileSync(file, JSON.stringify({ cameras }));
    expect((await cli('apply', file, '--dry-run')).stdout).toContain('6 added, 0 changed, 0 removed, 0 unchanged; nothing was written');
    await cli('apply', file);
    expect((await cli('list')).stdout.split('\n')).toHaveLength(CAMERAS.length);

    await Promise.all(Object.values(workers).map((worker) => worker.start(server.url)));
    await until(() => senders.size === CAMERAS.length);
    await Promise.all(Object.values(workers).map((worker) => worker.says(({ cameras: own }) => Number((own as { running?: number } | undefined)?.running) > 0)));

    // Killed: its cameras run elsewhere, and no other camera has moved.
    let of = await settled(3);
    let before = new Map(senders);
    const killed = CAMERAS.filter((key) => of.get(key) === 'a');
    await workers.a.program?.kill();
    await moved(killed, before);
    expect(CAMERAS.filter((key) => !killed.includes(key)).every((key) => senders.get(key) === before.get(key))).toBe(true);

    // Stopped: the same; when it wakes, nothing of what it held is taken for whole.
    of = await settled(2);
    before = new Map(senders);
    const stopped = CAMERAS.filter((key) => of.get(key) === 'b');
    workers.b.program?.pause();
    await moved(stopped, before);
    const elsewhere = new Map(senders);
    const sentSoFar = seen.length;
    const back = workers.b.saysNext(({ status, workers: count }) => status === 'member' && count === 2);
    workers.b.program?.resume();
    await back;
    await until(() => seen.length > sentSoFar + 2 * CAMERAS.length);
    const stale = seen.slice(sentSoFar).filter((one) => one.verdict === 'whole' && stopped.includes(one.camera) && senderOf(one) === before.get(one.camera));
    expect(stale.map(({ id }) => id)).toEqual([]);

    // Away: cameras run on, and none has moved.
    await settled(2);
    const calm = new Map(senders);
    const lapsed = Promise.any([workers.b, workers.c].map((worker) => worker.saysNext(({ status }) => status === 'lapsed')));
    server.pause();
    await lapsed;
    server.resume();
    const afterwards = seen.length;
    await until(() => seen.length > afterwards + 4 * CAMERAS.length);
    expect(CAMERAS.filter((key) => senders.get(key) !== calm.get(key))).toEqual([]);

    // Drained by SIGTERM: each camera moves to another worker, and the worker exits with code 0.
    of = await settled(2);
    before = new Map(senders);
    const drained = CAMERAS.filter((key) => of.get(key) === 'c');
    await cli('drain', 'c');
    expect(await workers.c.program?.exited).toMatchObject({ code: 0 });
    await moved(drained, before);
    await workers.b.program?.stop();
    expect(await workers.b.program?.exited).toMatchObject({ code: 0 });

    // The account: nothing was lost on the way or dropped by a sender; what the killed and the stopped worker had not sent is named.
    const named = (all: readonly { readonly camera: string; readonly cause: string }[]) => all.map(({ camera, cause }) => `${camera} ${cause}`).sort();
    expect(named(gaps)).toEqual(named([...killed, ...stopped].map((camera) => ({ camera, cause: 'takeover' }))));
    // Nothing is torn, and each camera's counts balance.
    expect(seen.filter(({ verdict }) => verdict === 'torn')).toEqual([]);
    const ledgers = [...workers.b.ledgers, ...workers.c.ledgers];
    expect(ledgers.length).toBeGreaterThanOrEqual(CAMERAS.length);
    for (const ledger of ledgers) ledgerBalances(ledger as never);
    await noFfmpegLeft();
    const coordination = handleOf('test', broker).driver().coordination?.({ name: 'rxcam', slots: 1 });
    const rows = await lastValueFrom((coordination as NonNullable<typeof coordination>).rows('cameras').pipe(filter(({ isWhole }) => isWhole), take(1), map(({ rows: all }) => all), toArray()));
    coordination?.close();
    secretsKept([SECRET], [rows, Object.values(workers).map(({ lines, program }) => [lines, program?.tail()]), elsewhere]);
  });
});
