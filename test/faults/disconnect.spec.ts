/** Faults of a stream that runs: the server dies, the network breaks, silence, rubbish, one frame at a time. */
import { randomBytes } from 'node:crypto';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import {
  type HttpServer, type RtspServer, type TcpProxy, footage, needs, run, startHttpServer, startRtspServer, startTcpProxy, temporaryFolder,
} from '../services/index.js';
import { QUICK_RETRY, QUICK_STALL, type Watched, watch } from './kit.js';
import { spoiled } from './streams.js';

const SMALL = { width: 160, height: 120, fps: 10 };

let watched: Watched | undefined;
afterEach(async () => {
  const last = watched;
  watched = undefined;
  await last?.end();
});

/** The waits so far. */
const delays = (of: Watched) => of.of('retrying').map((event) => event.delayMs ?? NaN);

needs('rtsp')('an RTSP camera', () => {
  let rtsp: RtspServer;
  let proxy: TcpProxy;
  beforeAll(async () => {
    rtsp = await startRtspServer({ ...SMALL, fps: 25, gop: 5 });
    proxy = await startTcpProxy({ port: rtsp.port });
  });
  afterAll(async () => {
    await proxy.stop();
    await rtsp.stop();
  });
  afterEach(async () => {
    proxy.resume();
    rtsp.resume();
    await rtsp.start();
  });
  const throughProxy = () => rtsp.url.replace(String(rtsp.port), String(proxy.port));

  it('that is killed and is back after a second: the stream continues where it was', async () => {
    watched = watch(rtsp.url);
    await watched.nth('published', 5);
    await rtsp.kill();
    await watched.nth('retrying');
    await rtsp.start();
    await watched.nth('recovered');
    await watched.next('published', 5);
    expect(watched.codes[0]).toBe('STREAM_ENDED');
    expect(watched.gate.stats.downtimeMs).toBeGreaterThan(0);
  });

  it('that stays away for more than three waits: each is twice the one before, up to the longest', async () => {
    watched = watch(rtsp.url);
    await watched.nth('published', 5);
    await rtsp.kill();
    await watched.nth('retrying', 4);
    const waiting = await watched.next('retrying');
    expect(watched.gate.stats).toMatchObject({ state: 'waiting', nextAttemptAt: waiting.at + QUICK_RETRY.maxMs });
    await rtsp.start();
    await watched.nth('recovered');
    await watched.next('published', 5);
    expect(delays(watched).slice(0, 5)).toEqual([200, 400, 800, 800, 800]);
    expect(watched.codes.slice(1, 4)).toEqual(['SOURCE_REFUSED', 'SOURCE_REFUSED', 'SOURCE_REFUSED']);
  });

  it('whose next attempt is far away: retryNow has it at once', async () => {
    watched = watch(rtsp.url, { retry: { initialMs: 600_000, maxMs: 600_000 } });
    await watched.nth('published', 2);
    await rtsp.kill();
    await watched.nth('retrying');
    await rtsp.start();
    watched.gate.retryNow();
    await watched.nth('recovered');
    await watched.next('published', 2);
  });

  it('whose connection is reset: StreamEnded, and the next attempt continues', async () => {
    watched = watch(throughProxy());
    await watched.nth('published', 5);
    proxy.reset();
    await watched.nth('recovered');
    await watched.next('published', 5);
    expect(watched.codes).toEqual(['STREAM_ENDED']);
  });

  it('whose connection is half-open: Stalled, and the next attempt continues', async () => {
    watched = watch(throughProxy(), QUICK_STALL);
    await watched.nth('published', 5);
    proxy.halfOpen();
    const { error } = await watched.nth('failed');
    await watched.nth('recovered');
    await watched.next('published', 5);
    expect(error).toMatchObject({ code: 'STALLED', message: 'no frame for 5 read windows in a row' });
    expect(watched.gate.stats.readFailures).toBeGreaterThanOrEqual(5);
  });

  it('that hangs: Stalled; while it still hangs, SourceTimeout; then the stream continues', async () => {
    watched = watch(rtsp.url, { ...QUICK_STALL, connectTimeoutMs: 1_000 });
    await watched.nth('published', 5);
    rtsp.pause();
    await watched.nth('failed', 3);
    rtsp.resume();
    await watched.nth('recovered');
    await watched.next('published', 5);
    expect(watched.codes.slice(0, 3)).toEqual(['STALLED', 'SOURCE_TIMEOUT', 'SOURCE_TIMEOUT']);
  });

  it('whose network holds everything back for a while, shorter than a stall: nothing is lost', async () => {
    watched = watch(throughProxy(), { readWindowMs: 500, maxReadFailures: 20 });
    await watched.nth('published', 5);
    proxy.pause();
    await watched.next('readFailure', 2);
    proxy.resume();
    await watched.next('published', 10);
    expect(watched.codes).toEqual([]);
  });
});

describe('a live HTTP stream', () => {
  let server: HttpServer;
  beforeAll(async () => { server = await startHttpServer(); });
  afterAll(async () => { await server.stop(); });

  it('of one frame and then death, twenty times: the waits grow to the longest and stay there; numbers continue', async () => {
    const picture = await jpeg();
    server.routes['/one'] = (_request, response) => {
      startMultipart(response).write(part(picture));
      response.end('--frame--\r\n');
    };
    watched = watch(server.urlOf('/one'), { minStartIntervalMs: 50, retry: { initialMs: 20, maxMs: 150 } });
    await watched.nth('retrying', 20);
    expect(delays(watched).slice(0, 20)).toEqual([20, 40, 80, 150, ...new Array<number>(16).fill(150)]);
    expect(watched.codes.slice(0, 20)).toEqual(new Array<string>(20).fill('STREAM_ENDED'));
    await watched.nth('published', 20);
    expect(watched.of('captured').map((event) => event.seq).slice(0, 20)).toEqual(Array.from({ length: 20 }, (_, index) => index + 1));
    expect(watched.acks.map((ack) => ack.inputOrder).slice(0, 20)).toEqual(Array.from({ length: 20 }, (_, index) => index + 1));
  });

  it('that flows for longer than stableAfter before it dies: the waits start from the first again', async () => {
    const picture = await jpeg();
    // A time of the pictures that were decoded, because the decoder of a busy machine begins late.
    const hasFlowed = (of: Watched) => {
      const flow = of.events.slice(of.events.findLastIndex(({ type }) => type === 'connecting')).filter(({ type }) => type === 'captured');
      return (flow.at(-1)?.at ?? 0) - (flow[0]?.at ?? 0) > 700;
    };
    server.routes['/dying'] = (_request, response) => {
      startMultipart(response);
      const timer = setInterval(() => {
        response.write(part(picture));
        if (watched === undefined || !hasFlowed(watched)) return;
        clearInterval(timer);
        response.end('--frame--\r\n');
      }, 50);
      response.on('close', () => { clearInterval(timer); });
    };
    // A read failure would be a break of the flow.
    const unbroken = { readWindowMs: 10_000, minStartIntervalMs: 50 };
    watched = watch(server.urlOf('/dying'), { ...unbroken, retry: { initialMs: 20, maxMs: 600_000, factor: 4, stableAfterMs: 600 } });
    await watched.nth('retrying', 3);
    expect(delays(watched)).toEqual([20, 20, 20]);
  });

  it('whose pictures no longer decode: DecodeFailed after the maximum in a row, and a new connection helps', async () => {
    const good = await jpeg();
    const bad = Buffer.concat([good.subarray(0, 2), randomBytes(good.length - 4).map((byte) => byte & 0x7f), good.subarray(-2)]);
    let connections = 0;
    // rxcam asks once for what it is, and ffmpeg once for the stream.
    server.routes['/rotten'] = (_request, response) => {
      const isRotten = connections++ < 2;
      let sent = 0;
      startMultipart(response);
      const timer = setInterval(() => { response.write(part(isRotten && sent++ >= 10 ? bad : good)); }, 100);
      response.on('close', () => { clearInterval(timer); });
    };
    // Pictures that are rejected count, late ones do not.
    watched = watch(server.urlOf('/rotten'), { readWindowMs: 10_000, maxReadFailures: 5 });
    const { error } = await watched.nth('failed');
    expect(error).toMatchObject({ code: 'DECODE_FAILED', message: expect.stringContaining('5 read failures in a row') as string });
    expect(watched.gate.stats.captured).toBe(10);
    await watched.nth('recovered');
    await watched.next('published', 5);
    expect(watched.codes).toEqual(['DECODE_FAILED']);
  });

  it('whose packets are spoiled from some point on: DecodeFailed or Stalled, and a new connection heals it', async () => {
    const clip = await footage({ ...SMALL, seconds: 4, gop: 10, container: 'ts' });
    const bytes = readFileSync(clip);
    let connections = 0;
    // rxcam asks once for what it is, and ffmpeg once for the stream.
    server.routes['/spoiled'] = (_request, response) => {
      response.writeHead(200, { 'Content-Type': 'video/mp2t' });
      response.write(connections++ < 2 ? spoiled(bytes, 0.5) : bytes);
    };
    watched = watch(server.urlOf('/spoiled'), { readWindowMs: 1_000, maxReadFailures: 5 });
    await watched.nth('failed');
    expect(watched.codes[0]).toMatch(/DECODE_FAILED|STALLED/);
    expect(watched.of('readFailure')[0]?.reason).toMatch(/Invalid data|no frame/);
    await watched.nth('recovered');
    await watched.next('published', 10);
  });
});

async function jpeg(): Promise<Buffer> {
  return run('ffmpeg', ['-v', 'error', '-f', 'lavfi', '-i', 'testsrc2=s=160x120', '-frames:v', '1', '-f', 'mjpeg', 'pipe:1']);
}

function startMultipart(response: ServerResponse): ServerResponse {
  return response.writeHead(200, { 'Content-Type': 'multipart/x-mixed-replace;boundary=frame' });
}

function part(picture: Buffer): Buffer {
  return Buffer.concat([Buffer.from('--frame\r\nContent-Type: image/jpeg\r\n\r\n'), picture, Buffer.from('\r\n')]);
}

describe('an ffmpeg that floods stderr', () => {
  const path = process.env['FFMPEG_PATH'];
  afterEach(() => {
    if (path === undefined) delete process.env['FFMPEG_PATH'];
    else process.env['FFMPEG_PATH'] = path;
  });

  it.each([['lines', 'many'], ['one endless line', 'none']])('with %s: memory stays flat, and its end is understood', async (_name, lines) => {
    // A child gets no variables of the program's own.
    const fixture = fileURLToPath(new URL('fixtures/flooding-ffmpeg.mjs', import.meta.url));
    const folder = temporaryFolder('flood');
    const script = join(folder, 'ffmpeg');
    writeFileSync(script, `#!/bin/sh\nFLOOD_MB=200 FLOOD_LINES=${lines} exec '${process.execPath}' '${fixture}' "$@"\n`, { mode: 0o755 });
    process.env['FFMPEG_PATH'] = script;
    const before = process.memoryUsage.rss();
    let peak = 0;
    const watching = setInterval(() => { peak = Math.max(peak, process.memoryUsage.rss()); }, 20);
    watched = watch('rtsp://127.0.0.1:9/stream', { connectTimeoutMs: 60_000 });
    const { error } = await watched.nth('failed');
    clearInterval(watching);
    rmSync(folder, { recursive: true });
    expect(error.code).toBe('SOURCE_REFUSED');
    expect(error.stderr.length).toBeLessThanOrEqual(50);
    expect(Math.max(...error.stderr.map((line) => line.length))).toBeLessThanOrEqual(4_096);
    expect(peak - before).toBeLessThan(100 * 1024 * 1024);
  });
});
