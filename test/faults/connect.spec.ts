/** Faults before the first picture: refusals, silence, wrong credentials, no video, rubbish, a late start. */
import { createCipheriv } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, type Server, createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import {
  type HttpServer, type Route, type RtspServer, type TcpProxy, countFrames, footage, freePort, http, needs, run, startHttpServer,
  startRtspServer, startTcpProxy, temporaryFolder,
} from '../services/index.js';
import { QUICK_RETRY, type WatchOptions, type Watched, watch } from './kit.js';
import { withoutParameterSets } from './streams.js';

const SMALL = { width: 160, height: 120, fps: 10 };
const PASSWORD = 'right-password';
const WRONG = 'wrong-password';
/** Bytes from an RTSP server: the answers before its description are shorter, and with it they are longer. */
const DESCRIBED = 700;

let server: HttpServer;
let folder: string;
let clip: string;
let watched: Watched | undefined;

beforeAll(async () => {
  server = await startHttpServer();
  folder = temporaryFolder('connect');
  clip = await footage({ ...SMALL, seconds: 4, gop: 10 });
});
afterAll(async () => {
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
});
afterEach(async () => {
  const last = watched;
  watched = undefined;
  await last?.end();
});

/** Fails as expected, twice, and would continue. */
async function failsWith(code: string, message: RegExp, source: string, options: WatchOptions = {}): Promise<Watched> {
  watched = watch(source, options);
  await watched.nth('retrying', 2);
  expect(watched.codes).toEqual([code, code]);
  const [error] = watched.failures;
  expect(error?.message).toMatch(message);
  expect(error).toMatchObject({ camera: 'gate', attempt: 1 });
  expect(watched.gate.stats).toMatchObject({ captured: 0, state: 'waiting', lastError: code, reconnects: 2 });
  return watched;
}

const pathOf = (name: string) => join(folder, name);
function serve(route: Route): string {
  server.routes['/live'] = route;
  return server.urlOf('/live');
}

describe('nothing listens', () => {
  it.each(['rtsp', 'http'])('at an %s address: SourceRefused', async (scheme) => {
    await failsWith('SOURCE_REFUSED', /refused|nothing listens/i, `${scheme}://127.0.0.1:${await freePort()}/stream`);
  });

  it('because the host has no such name: SourceRefused', async () => {
    await failsWith('SOURCE_REFUSED', /resolve|known|resolution/i, 'rtsp://nobody.invalid/stream');
  });
});

describe('a host that accepts and sends nothing', () => {
  let proxy: TcpProxy;
  beforeAll(async () => {
    proxy = await startTcpProxy({ port: 9 });
    proxy.blackHole();
  });
  afterAll(async () => { await proxy.stop(); });

  it.each(['rtsp', 'http'])('at an %s address: SourceTimeout within connectTimeoutMs', async (scheme) => {
    const { failures } = await failsWith('SOURCE_TIMEOUT', /^no answer within 400 ms$/, `${scheme}://${proxy.address}/stream`, { connectTimeoutMs: 400 });
    expect(failures).toHaveLength(2);
  });
});

needs('rtsp')('an RTSP server', () => {
  let rtsp: RtspServer;
  beforeAll(async () => { rtsp = await startRtspServer({ ...SMALL, fps: 25, gop: 5, user: 'user', password: PASSWORD }); });
  afterAll(async () => { await rtsp.stop(); });

  it('that wants another password: SourceUnauthorized, and the longest wait at once', async () => {
    const { events } = await failsWith('SOURCE_UNAUTHORIZED', /401/, rtsp.url.replace(PASSWORD, WRONG), { secrets: [WRONG] });
    expect(events.filter((event) => event.type === 'retrying').map((event) => event.delayMs)).toEqual([QUICK_RETRY.maxMs, QUICK_RETRY.maxMs]);
  });

  it('that has no such stream: SourceNotFound', async () => {
    await failsWith('SOURCE_NOT_FOUND', /404/, rtsp.urlOf('/nothing'), { secrets: [PASSWORD] });
  });

  it('that has sound only: NoVideo', async () => {
    await failsWith('NO_VIDEO', /no video/, rtsp.urlOf('/audio'), { secrets: [PASSWORD] });
  });

  it('that hangs up in the middle of the first exchange: SourceRefused', async () => {
    const proxy = await startTcpProxy({ port: rtsp.port });
    const cutting = (async () => {
      for (let attempt = 1; attempt <= 2; attempt++) {
        await proxy.whenPassed(1);
        proxy.cut();
      }
    })();
    await failsWith('SOURCE_REFUSED', /closed before the source described itself/, rtsp.url.replace(String(rtsp.port), String(proxy.port)), { secrets: [PASSWORD] });
    await cutting;
    await proxy.stop();
  });

  it('whose first picture is late: waited for as long as firstFrameTimeoutMs, and no longer', async () => {
    const proxy = await startTcpProxy({ port: rtsp.port });
    const url = rtsp.url.replace(String(rtsp.port), String(proxy.port));
    const afterDescription = async () => {
      await proxy.whenPassed(DESCRIBED);
      proxy.pause();
    };
    const first = afterDescription();
    watched = watch(url, { firstFrameTimeoutMs: 600, secrets: [PASSWORD] });
    await first;
    const { error } = await watched.nth('failed');
    expect(error).toMatchObject({ code: 'SOURCE_TIMEOUT', message: 'connected, but no frame within 600 ms' });
    await watched.end();

    proxy.resume();
    const second = afterDescription();
    watched = watch(url, { connectTimeoutMs: 1_200, firstFrameTimeoutMs: 20_000, secrets: [PASSWORD] });
    await second;
    // More than connectTimeoutMs and less than firstFrameTimeoutMs: the delay itself is what is tested.
    await new Promise((resolve) => { setTimeout(resolve, 1_500); });
    proxy.resume();
    await watched.nth('published', 5);
    expect(watched.codes).toEqual([]);
    await proxy.stop();
  });
});

describe('an HTTP server', () => {
  it.each([401, 403])('that answers with %i: SourceUnauthorized, and the longest wait at once', async (code) => {
    const url = serve(http.status(code)).replace('://', `://user:${WRONG}@`);
    const { events } = await failsWith('SOURCE_UNAUTHORIZED', new RegExp(String(code)), url, { secrets: [WRONG] });
    expect(events.filter((event) => event.type === 'retrying').map((event) => event.delayMs)).toEqual([QUICK_RETRY.maxMs, QUICK_RETRY.maxMs]);
  });

  it('that has no such path: SourceNotFound', async () => {
    await failsWith('SOURCE_NOT_FOUND', /404/, server.urlOf('/nothing'));
  });

  it('that is broken: SourceRefused with its status', async () => {
    await failsWith('SOURCE_REFUSED', /500/, serve(http.status(500)));
  });

  it('whose stream has sound only: NoVideo', async () => {
    const path = pathOf('sound.ts');
    await run('ffmpeg', ['-v', 'error', '-f', 'lavfi', '-i', 'sine', '-t', '5', '-f', 'mpegts', path]);
    await failsWith('NO_VIDEO', /no video/, serve(http.file(path, { length: false })));
  });

  it('whose stream starts late: waited for as long as firstFrameTimeoutMs, and no longer', async () => {
    const live = http.mjpeg(SMALL);
    const late = (ms: number) => serve((request, response) => {
      response.writeHead(200, { 'Content-Type': 'multipart/x-mixed-replace;boundary=ffmpeg' }).flushHeaders();
      response.writeHead = () => response;
      const timer = setTimeout(() => { void live(request, response); }, ms);
      response.on('close', () => { clearTimeout(timer); });
    });
    await failsWith('SOURCE_TIMEOUT', /^connected, but no frame within 300 ms$/, late(20_000), { firstFrameTimeoutMs: 300 });
    await watched?.end();
    watched = watch(late(1_000), { connectTimeoutMs: 900 });
    await watched.nth('published', 5);
    expect(watched.codes).toEqual([]);
  });
});

describe('a source without video', () => {
  it('from an HTTP stream: DecodeFailed', async () => {
    const url = serve((_request, response) => {
      response.writeHead(200, { 'Content-Type': 'video/mp2t' });
      pour(response);
    });
    await failsWith('DECODE_FAILED', /Invalid data/, url, { firstFrameTimeoutMs: 30_000 });
  });

  it('from something that speaks no RTSP: SourceTimeout, or SourceRefused as soon as ffmpeg sees it', async () => {
    const babbler = await startBabbler();
    watched = watch(`rtsp://127.0.0.1:${(babbler.address() as AddressInfo).port}/stream`, { connectTimeoutMs: 600 });
    await watched.nth('retrying', 2);
    for (const code of watched.codes) expect(['SOURCE_TIMEOUT', 'SOURCE_REFUSED']).toContain(code);
    babbler.close();
  });

  it.each([
    ['a text', 'notes.txt', () => Buffer.from('No video at all, only words.\n'.repeat(500)), /text/],
    ['random bytes', 'random.mp4', () => noise(100_000), /Invalid data/],
    ['nothing', 'empty.mp4', () => Buffer.alloc(0), /Invalid data/],
  ])('from a file with %s in it: DecodeFailed', async (_what, name, content, message) => {
    writeFileSync(pathOf(name), content());
    await failsWith('DECODE_FAILED', message, pathOf(name));
  });

  it('from a file with sound only: NoVideo', async () => {
    await run('ffmpeg', ['-v', 'error', '-f', 'lavfi', '-i', 'sine', '-t', '1', pathOf('sound.mp4')]);
    await failsWith('NO_VIDEO', /no video/, pathOf('sound.mp4'));
  });

  it('from a path where no file is: SourceNotFound, until it is there', async () => {
    const path = pathOf('later.mp4');
    await failsWith('SOURCE_NOT_FOUND', /no such file/, path);
    writeFileSync(path, readFileSync(clip));
    await watched?.whenOver();
    expect(watched?.gate.stats).toMatchObject({ captured: 40, published: 40, state: 'stopped' });
  });
});

describe('a stream whose parameter sets are missing', () => {
  it('is given up as DecodeFailed: from a file', async () => {
    const path = pathOf('stripped.ts');
    writeFileSync(path, await withoutParameterSets(clip));
    await failsWith('DECODE_FAILED', /./, path);
  });

  it('is given up as DecodeFailed or SourceTimeout: live', async () => {
    const path = pathOf('stripped.ts');
    writeFileSync(path, await withoutParameterSets(clip));
    watched = watch(serve(http.file(path, { length: false, bytesPerSecond: 100_000 })), { firstFrameTimeoutMs: 5_000 });
    await watched.nth('retrying', 2);
    for (const code of watched.codes) expect(['DECODE_FAILED', 'SOURCE_TIMEOUT']).toContain(code);
    expect(watched.gate.stats.captured).toBe(0);
  });
});

describe('a file that is cut off', () => {
  it('before its index: DecodeFailed', async () => {
    writeFileSync(pathOf('half.mp4'), half(readFileSync(clip)));
    await failsWith('DECODE_FAILED', /Invalid data/, pathOf('half.mp4'));
  });

  it('behind its index: every whole picture comes, the rest is a read failure and a warning', async () => {
    const whole = pathOf('index-first.mp4');
    await run('ffmpeg', ['-v', 'error', '-i', clip, '-c', 'copy', '-movflags', '+faststart', whole]);
    const path = pathOf('cut.mp4');
    writeFileSync(path, half(readFileSync(whole)));
    watched = watch(path);
    await watched.whenOver();
    const { captured, published } = watched.gate.stats;
    expect(captured).toBe(await countFrames(path));
    expect(captured).toBeGreaterThan(5);
    expect(captured).toBeLessThan(40);
    expect(published).toBe(captured);
    expect(watched.of('warning').map((event) => event.message)).toContainEqual(expect.stringMatching(/incomplete.*partial file/));
  });
});

describe('a live source that ends without a word', () => {
  it.each([['multipart JPEG', http.mjpeg], ['a transport stream', http.mpegts]])('%s: StreamEnded, and the next attempt continues', async (_name, make) => {
    watched = watch(serve(make({ ...SMALL, frames: 10 })));
    await watched.nth('failed', 2);
    expect(watched.codes).toEqual(['STREAM_ENDED', 'STREAM_ENDED']);
    // The last messages may be on their way.
    await watched.nth('published', 20);
    expect(watched.gate.stats).toMatchObject({ captured: 20, published: 20 });
    expect(watched.of('recovered')).toHaveLength(1);
  });
});

/** The same bytes each time: ffmpeg sometimes recognises random ones as sound. */
function noise(length: number): Buffer {
  return createCipheriv('aes-128-ctr', Buffer.alloc(16), Buffer.alloc(16)).update(Buffer.alloc(length));
}

function half(bytes: Buffer): Buffer {
  return bytes.subarray(0, Math.floor(bytes.length / 2));
}

/** Noise for as long as a client reads it: always the same, as one noise in hundreds looks like a codec to ffmpeg. */
function pour(to: NodeJS.WritableStream & { readonly destroyed: boolean }): void {
  const cipher = createCipheriv('aes-128-ctr', Buffer.alloc(16), Buffer.alloc(16));
  const more = () => {
    while (!to.destroyed && to.write(cipher.update(Buffer.alloc(64 * 1024)))) { /* until it is full */ }
  };
  to.on('drain', more);
  to.on('error', () => { /* the reader went away */ });
  more();
}

async function startBabbler(): Promise<Server> {
  const babbler = createServer((socket) => { pour(socket); });
  babbler.listen(0, '127.0.0.1');
  await once(babbler, 'listening');
  return babbler;
}
