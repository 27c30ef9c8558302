/** Faults of processes: ffmpeg's, and the one that rxcam runs in. None is left, and a camera has one at most. */
import { existsSync, rmSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Observable, retry as rxjsRetry } from 'rxjs';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { camera, deliver, encodeH265 } from '../../src/index.js';
import {
  type HttpServer, type Program, type TcpProxy, footage, freePort, http, needs, startHttpServer, startProgram, startRtspServer, startTcpProxy,
  temporaryFolder, threeQuestions,
} from '../services/index.js';
import { QUICK_STALL, type Watched, captures, eventually, watch } from './kit.js';
import { plainJavaScript } from './plain.js';

const LIVE = 'test:?size=160x120&fps=25';
const SMALL = { width: 160, height: 120, fps: 10 };
/** Within seconds: SIGTERM, two seconds, SIGKILL. */
const GONE_MS = 5_000;

let watched: Watched | undefined;
afterEach(async () => {
  const last = watched;
  watched = undefined;
  await last?.end();
});

let server: HttpServer;
let proxy: TcpProxy;
beforeAll(async () => {
  server = await startHttpServer();
  proxy = await startTcpProxy({ port: 9 });
  proxy.blackHole();
});
afterAll(async () => {
  await proxy.stop();
  await server.stop();
});

/** Resolves when none of these processes is left. */
async function gone(pids: readonly number[]): Promise<void> {
  await eventually(`the end of ${pids.join(' ')}`, () => !pids.some(isAlive), GONE_MS);
}

function isAlive(pid: number): boolean {
  return existsSync(`/proc/${pid}/fd/0`) || existsSync(`/proc/${pid}/cwd`);
}

/** Resolves when there is a capture, with its pid. */
async function capturing(): Promise<number> {
  await eventually('the start of a capture', () => captures().length > 0);
  return captures()[0] as number;
}

describe('an ffmpeg in the middle of a stream', () => {
  it('that is killed (SIGKILL): CaptureCrashed, and another one takes over', async () => {
    watched = watch(LIVE);
    await watched.nth('published', 5);
    const { pid } = watched;
    process.kill(pid, 'SIGKILL');
    const { error } = await watched.nth('failed');
    await watched.nth('recovered');
    await watched.next('published', 5);
    expect(error).toMatchObject({ code: 'CAPTURE_CRASHED', message: expect.stringContaining('SIGKILL') as string });
    expect(watched.pid).not.toBe(pid);
  });

  it('that another program ends (SIGTERM): CaptureCrashed, and another one takes over', async () => {
    watched = watch(LIVE);
    await watched.nth('published', 5);
    process.kill(watched.pid, 'SIGTERM');
    await watched.nth('failed');
    await watched.nth('recovered');
    await watched.next('published', 5);
    expect(watched.codes).toEqual(['CAPTURE_CRASHED']);
  });

  it('that is stopped (SIGSTOP): Stalled, killed, and only then another one starts', async () => {
    watched = watch(LIVE, QUICK_STALL);
    await watched.nth('published', 5);
    const { pid } = watched;
    process.kill(pid, 'SIGSTOP');
    await watched.nth('failed');
    await watched.nth('recovered');
    expect(isAlive(pid)).toBe(false);
    await watched.next('published', 5);
    expect(watched.codes).toEqual(['STALLED']);
    expect(watched.mostProcesses).toBe(1);
  });
});

describe('unsubscribing leaves nothing', () => {
  it('while the source is asked for', async () => {
    watched = watch(`rtsp://${proxy.address}/stream`);
    await watched.nth('connecting');
    watched.unsubscribe();
    expect(captures()).toEqual([]);
    expect(watched.gate.stats).toMatchObject({ state: 'stopped', captured: 0 });
  });

  it('while the first picture is waited for', async () => {
    server.routes['/late'] = (_request, response) => { response.writeHead(200, { 'Content-Type': 'video/mp2t' }).flushHeaders(); };
    watched = watch(server.urlOf('/late'));
    const pid = await capturing();
    await server.whenRequested(server.requests.length < 2 ? 2 : server.requests.length);
    watched.unsubscribe();
    await gone([pid]);
    expect(watched.gate.stats.state).toBe('stopped');
  });

  it('while frames come', async () => {
    watched = watch(LIVE);
    await watched.nth('published', 5);
    const { pid } = watched;
    watched.unsubscribe();
    await gone([pid]);
    expect(watched.gate.stats.state).toBe('stopped');
    expect(watched.gate.stats.inFlight).toBe(0);
  });

  it('while ffmpeg is stopped', async () => {
    watched = watch(LIVE);
    await watched.nth('published', 5);
    const { pid } = watched;
    process.kill(pid, 'SIGSTOP');
    watched.unsubscribe();
    await gone([pid]);
  });

  it('while reading is paused', async () => {
    const clip = await footage({ ...SMALL, seconds: 20 });
    const gate = camera(clip);
    const paused = new Promise<void>((resolve) => { gate.events$.subscribe((event) => { if (event.type === 'paused') resolve(); }); });
    const never = new Observable<never>();
    const subscription = gate.pipe(encodeH265(), deliver(() => never, { outbox: { maxMessages: 10 } })).subscribe();
    await paused;
    const pid = await capturing();
    subscription.unsubscribe();
    await gone([pid]);
    expect(gate.stats).toMatchObject({ state: 'stopped', inFlight: 0 });
    await threeQuestions({ stats: gate.stats });
  });

  it('while the next attempt is waited for, and none follows', async () => {
    watched = watch(`rtsp://127.0.0.1:${await freePort()}/stream`, { retry: { initialMs: 100 } });
    await watched.nth('retrying');
    watched.unsubscribe();
    const { length } = watched.of('connecting');
    await sleep(1_500);
    expect(watched.of('connecting')).toHaveLength(length);
    expect(watched.gate.stats).toMatchObject({ state: 'stopped' });
    expect(watched.gate.stats.nextAttemptAt).toBeUndefined();
  });

  it('while a file is downloaded', async () => {
    const cacheDir = temporaryFolder('cache');
    let closed = false;
    const slow = http.file(await footage({ ...SMALL, seconds: 20 }), { bytesPerSecond: 20_000 });
    server.routes['/slow.mp4'] = (request, response) => {
      response.on('close', () => { closed = true; });
      return slow(request, response);
    };
    const seen = server.requests.length;
    watched = watch(server.urlOf('/slow.mp4'), { cacheDir });
    await server.whenRequested(seen + 1);
    watched.unsubscribe();
    await eventually('the end of the connection', () => closed);
    rmSync(cacheDir, { recursive: true, force: true });
  });
});

describe('a camera has one process', () => {
  it("and starts at most one a second, with any retry: RxJS's own retry(5000) too", async () => {
    const gate = camera(`rtsp://127.0.0.1:${await freePort()}/stream`);
    let failures = 0;
    let most = 0;
    const counting = setInterval(() => { most = Math.max(most, captures().length); }, 20);
    const since = performance.now();
    await new Promise<void>((resolve) => {
      const subscription = gate.pipe(encodeH265(), rxjsRetry(5_000)).subscribe();
      gate.events$.subscribe((event) => {
        if (event.type !== 'failed' || ++failures < 4) return;
        subscription.unsubscribe();
        resolve();
      });
    });
    clearInterval(counting);
    expect(performance.now() - since).toBeGreaterThan(3_000);
    expect(most).toBeLessThanOrEqual(1);
    await threeQuestions({ stats: gate.stats });
  });

  it('for each live subscription: a second one runs by itself', async () => {
    const gate = camera(LIVE);
    const seqs: number[][] = [[], []];
    const subscriptions = seqs.map((list) => gate.pipe(encodeH265()).subscribe(({ seq }) => { list.push(seq); }));
    await eventually('five frames of each', () => seqs.every((list) => list.length >= 5));
    expect(captures()).toHaveLength(2);
    subscriptions[0]?.unsubscribe();
    const more = (seqs[1]?.length ?? 0) + 5;
    await eventually('more frames', () => (seqs[1]?.length ?? 0) >= more);
    await eventually('the end of the first one', () => captures().length === 1);
    subscriptions[1]?.unsubscribe();
    for (const list of seqs) expect(list).toEqual(list.map((_, index) => index + 1));
    await threeQuestions({ stats: gate.stats });
  });
});

needs('rtsp')('when Node ends', () => {
  let folder: string;
  beforeAll(() => { folder = plainJavaScript(); });
  afterAll(() => { rmSync(folder, { recursive: true, force: true }); });
  const start = async (address: string, ending: string): Promise<Program> => startProgram({
    name: 'a program that uses rxcam', command: process.execPath, ready: /^frame 1$/,
    args: [fileURLToPath(new URL('fixtures/program.mjs', import.meta.url)), folder, address, ending],
  });

  it.each([
    ['by process.exit', 'exit', 0], ['by an uncaught error', 'throw', 1], ['by an unhandled rejection', 'reject', 1],
    ['by itself, once the camera is unsubscribed', 'unsubscribe', 0],
  ])('%s, no ffmpeg is left', async (_how, ending, code) => {
    const program = await start(LIVE, ending);
    const pids = captures(program.pid);
    expect(pids).toHaveLength(1);
    process.kill(program.pid, 'SIGUSR2');
    expect(await program.exited).toEqual({ code, signal: null });
    await gone(pids);
  });

  it.each(['SIGTERM', 'SIGINT', 'SIGKILL'] as const)('by %s in the middle of a stream, no ffmpeg is left', async (signal) => {
    const program = await start(LIVE, 'run');
    const pids = captures(program.pid);
    expect(pids).toHaveLength(1);
    await program.kill(signal);
    await gone(pids);
  });

  it.runIf(existsSync('/usr/bin/setpriv'))('by SIGKILL while its camera hangs, no ffmpeg is left either', async () => {
    const rtsp = await startRtspServer({ ...SMALL, fps: 25, gop: 5 });
    const program = await start(rtsp.url, 'run');
    const pids = captures(program.pid);
    rtsp.pause();
    await program.kill('SIGKILL');
    await gone(pids);
    rtsp.resume();
    await rtsp.stop();
  });
});
