/** Faults of a download: cuts, wrong sizes, silence, a full disk, an end in the middle. */
import { execFileSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, readdirSync, rmdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Preparation } from '../../src/core/source.js';
import type { SourceReadOptions } from '../../src/source/index.js';
import { type HttpServer, http, startHttpServer, startProgram, temporaryFolder } from '../services/index.js';
import { cacheOf, contentOf, facts, failureOf, httpSource, prepare } from '../real/source/http-kit.js';

const BYTES = 2_000_000;

let server: HttpServer;
let folder: string;
let cacheDir: string;
let served: string;

beforeEach(async () => {
  server = await startHttpServer();
  folder = temporaryFolder('download');
  cacheDir = join(folder, 'cache');
  served = join(folder, 'served.mp4');
  writeFileSync(served, noise(BYTES));
});
afterEach(async () => {
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** Random, except its first byte, because content that begins with '<' counts as a page. */
function noise(bytes: number): Buffer {
  const content = randomBytes(bytes);
  content[0] = 0;
  return content;
}

const source = (options: Partial<SourceReadOptions> = {}) => httpSource(server.urlOf('/video.mp4'), { cacheDir, ...options });

/** The whole of what is served came, and nothing temporary is left. */
async function expectWhole(options: Partial<SourceReadOptions> = {}): Promise<void> {
  const { input } = await prepare(source(options));
  expect(contentOf(input).equals(readFileSync(served))).toBe(true);
  expect(cacheOf(cacheDir).parts).toEqual([]);
}

function expectNothingLeft(): void {
  expect(cacheOf(cacheDir)).toEqual({ parts: [], notes: [], files: [] });
}

const ranges = () => server.requests.map(({ headers }) => headers.range);

describe('a download that is cut', () => {
  it('continues where it was', async () => {
    server.routes['/video.mp4'] = http.file(served, { cutAfter: BYTES / 2, cuts: 1 });
    await expectWhole();
    expect(ranges()).toEqual([undefined, expect.stringMatching(/^bytes=\d+-$/)]);
    expect(server.requests[1]?.headers['if-range']).toMatch(/^".+"$/);
  });

  it('continues as often as each try brings something', async () => {
    server.routes['/video.mp4'] = http.file(served, { cutAfter: BYTES / 8 });
    await expectWhole();
    expect(server.requests.length).toBeGreaterThan(7);
  }, 30_000);

  it('continues by a date without an ETag', async () => {
    execFileSync('touch', ['-d', '2020-01-01', served]);
    server.routes['/video.mp4'] = http.file(served, { etag: false, cutAfter: BYTES / 2, cuts: 1 });
    await expectWhole();
    expect(server.requests[1]?.headers['if-range']).toContain('2020');
  });

  it('starts again where the server takes no ranges', async () => {
    server.routes['/video.mp4'] = http.file(served, { range: false, cutAfter: BYTES / 2, cuts: 1 });
    await expectWhole();
  });

  it('starts again if nothing shows that the rest belongs to the same file', async () => {
    server.routes['/video.mp4'] = http.file(served, { etag: false, lastModified: false, cutAfter: BYTES / 2, cuts: 1 });
    await expectWhole();
    expect(ranges()).toEqual([undefined, undefined]);
  });

  it('starts again when the file has changed meanwhile', async () => {
    const cut = http.file(served, { cutAfter: BYTES / 2, cuts: 1 });
    let requests = 0;
    server.routes['/video.mp4'] = (request, response) => {
      if (++requests === 2) writeFileSync(served, noise(BYTES));
      return cut(request, response);
    };
    await expectWhole();
  });

  it.each([
    ['starts elsewhere', (from: number) => `bytes ${from - 1}-${BYTES - 1}/${BYTES}`],
    ['is of a file of another length', (from: number) => `bytes ${from}-${BYTES}/${BYTES + 1}`],
    ['does not say what it is', () => 'bytes */*'],
  ])('starts again when the rest %s', async (_name, range) => {
    const cut = http.file(served, { cutAfter: BYTES / 2, cuts: 1 });
    server.routes['/video.mp4'] = (request, response) => {
      const from = /^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1];
      if (from === undefined) return cut(request, response);
      response.writeHead(206, { 'Content-Range': range(Number(from)), 'Content-Length': BYTES - Number(from) }).end(Buffer.alloc(BYTES - Number(from)));
    };
    await expectWhole();
  });

  it('is an error after some tries without progress, and is never treated as whole', async () => {
    server.routes['/video.mp4'] = http.file(served, { range: false, cutAfter: BYTES / 2 });
    const failure = await failureOf(source());
    expect(failure).toMatchObject({ code: 'SOURCE_REFUSED', message: expect.stringMatching(/interrupted 5 times after \d+ of 2000000 bytes/) as string });
    expectNothingLeft();
    server.routes['/video.mp4'] = http.file(served);
    await expectWhole();
  }, 30_000);

  it('continues when the server is back soon', async () => {
    server.routes['/video.mp4'] = http.file(served, { bytesPerSecond: BYTES / 8 });
    const coming = prepare(source());
    await server.whenRequested(1);
    await whenStored();
    await server.down();
    server.routes['/video.mp4'] = http.file(served);
    await server.start();
    const { input } = await coming;
    expect(contentOf(input).equals(readFileSync(served))).toBe(true);
    expect(ranges().at(-1)).toMatch(/^bytes=/);
  });

  it('is an error when the server stays away', async () => {
    server.routes['/video.mp4'] = http.file(served, { bytesPerSecond: BYTES / 8 });
    const failing = failureOf(source());
    await server.whenRequested(1);
    await whenStored();
    await server.down();
    expect(await failing).toMatchObject({ code: 'SOURCE_REFUSED' });
    expectNothingLeft();
  });
});

describe('a server that lies about the length', () => {
  it.each([['less', 1_000], ['more', -1_000]])('and sends %s than it states is not trusted', async (_name, lie) => {
    const content = noise(100_000);
    const liar = createServer((socket) => {
      socket.on('error', () => { /* it is closed from the other end */ });
      socket.once('data', () => {
        socket.write(`HTTP/1.1 200 OK\r\nContent-Type: video/mp4\r\nContent-Length: ${content.length + lie}\r\nConnection: close\r\n\r\n`);
        socket.end(content);
      });
    });
    liar.listen(0, '127.0.0.1');
    await once(liar, 'listening');
    const one = httpSource(`http://127.0.0.1:${(liar.address() as AddressInfo).port}/video.mp4`, { cacheDir });
    if (lie > 0) {
      expect(await failureOf(one)).toMatchObject({ code: 'SOURCE_REFUSED', message: expect.stringContaining('interrupted') as string });
      expectNothingLeft();
    } else {
      // HTTP ends the body at the length that was announced: no more of it exists.
      expect(contentOf((await prepare(one)).input)).toHaveLength(content.length + lie);
    }
    liar.close();
  }, 30_000);
});

describe('limits', () => {
  it('a file that is too large is refused before a byte is stored, with its size and the limit', async () => {
    server.routes['/video.mp4'] = http.file(served);
    expect(await failureOf(source({ maxDownloadBytes: BYTES - 1 }))).toMatchObject({
      code: 'SOURCE_REFUSED', message: expect.stringMatching(/2000000 bytes.*1999999.*maxDownloadBytes/) as string,
    });
    expectNothingLeft();
  });

  it('silence in the middle is a timeout, although the whole has no time limit', async () => {
    server.routes['/video.mp4'] = http.file(served, { stallAfter: BYTES / 2 });
    expect(await failureOf(source({ readTimeoutMs: 400 }))).toMatchObject({ code: 'SOURCE_TIMEOUT', message: expect.stringContaining('400 ms') as string });
    expectNothingLeft();
  });

  it('a slow download with progress does not fail, and reports its progress', async () => {
    server.routes['/video.mp4'] = http.file(served, { bytesPerSecond: BYTES });
    const { progress } = await prepare(source({ readTimeoutMs: 800 }));
    expect(progress).toBeGreaterThanOrEqual(2);
  });
});

describe('an end in the middle', () => {
  it('by unsubscribing closes the connection and leaves no temporary file, at once', async () => {
    let closed: Promise<unknown> | undefined;
    const slow = http.file(served, { bytesPerSecond: BYTES / 4 });
    server.routes['/video.mp4'] = (request, response) => {
      closed = once(response, 'close');
      return slow(request, response);
    };
    const got: Preparation[] = [];
    const subscription = source().prepare(await facts()).subscribe((value) => got.push(value));
    await whenStored();
    subscription.unsubscribe();
    expect(cacheOf(cacheDir).parts).toEqual([]);
    await closed;
    expectNothingLeft();
    expect(got.every(({ type }) => type === 'progress')).toBe(true);
  });

  it('by unsubscribing before the answer, or between two tries', async () => {
    server.routes['/video.mp4'] = http.blackHole();
    const waiting = source().prepare(await facts()).subscribe();
    await server.whenRequested(1);
    waiting.unsubscribe();
    server.routes['/video.mp4'] = http.file(served, { cutAfter: BYTES / 2 });
    const trying = source().prepare(await facts()).subscribe();
    await server.whenRequested(3);
    trying.unsubscribe();
    expectNothingLeft();
  });

  it('by SIGKILL leaves what the next start sweeps, and nothing of a process that lives', async () => {
    server.routes['/video.mp4'] = http.file(served, { stallAfter: BYTES / 2 });
    const child = () => startProgram({
      name: 'downloader', command: process.execPath, ready: /^progress$/,
      args: [fileURLToPath(new URL('download-child.mjs', import.meta.url)), server.urlOf('/video.mp4'), cacheDir],
    });
    const [killed, living] = await Promise.all([child(), child()]);
    await whenStored(2);
    await killed.kill('SIGKILL');
    expect(cacheOf(cacheDir).parts).toHaveLength(2);
    server.routes['/other.mp4'] = http.file(served);
    await prepare(httpSource(server.urlOf('/other.mp4'), { cacheDir }));
    expect(cacheOf(cacheDir).parts).toEqual([expect.stringContaining(`.${living.pid}.`)]);
    // Until here, the server has held back the rest.
    server.routes['/video.mp4'] = http.file(served);
    await server.down();
    await server.start();
    await living.exited;
    expect(cacheOf(cacheDir)).toMatchObject({ parts: [], files: [expect.anything(), expect.anything()] });
    expect(readFileSync(living.tail().split('\n').at(-1)?.replace('file:', '') ?? '').equals(readFileSync(served))).toBe(true);
  });

  it('by a crash in a container, where the next process has the same number, is swept as well', async () => {
    mkdirSync(cacheDir);
    const key = createHash('sha256').update('x').digest('hex');
    const host = createHash('sha256').update(hostname()).digest('hex').slice(0, 8);
    const leftover = join(cacheDir, `${key}.${host}.${process.pid}.00000000.part`);
    const foreign = join(cacheDir, `${key}.ffffffff.1.00000000.part`);
    const aged = join(cacheDir, `${key}.ffffffff.2.00000000.part`);
    for (const one of [leftover, foreign, aged]) writeFileSync(one, 'x');
    execFileSync('touch', ['-d', '2 days ago', leftover, aged]);
    server.routes['/video.mp4'] = http.file(served);
    await prepare(source());
    expect([leftover, foreign, aged].map(existsSync)).toEqual([false, true, false]);
  });
});

/** Resolves when so many temporary files have something in them. */
async function whenStored(count = 1, cache = cacheDir): Promise<void> {
  for (;;) {
    const parts = existsSync(cache) ? cacheOf(cache).parts : [];
    const stored = parts.filter((name) => (statSync(join(cache, name), { throwIfNoEntry: false })?.size ?? 0) > 0);
    if (stored.length >= count) return;
    await new Promise((resolve) => { setTimeout(resolve, 10); });
  }
}

/** Mounts a disk of 1 MiB; false where this user may not. */
function mountTiny(at: string): boolean {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m,mode=700', 'tmpfs', at], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

function mayMount(): boolean {
  const at = temporaryFolder('disk');
  const mounted = mountTiny(at);
  if (mounted) execFileSync('umount', [at]);
  rmdirSync(at);
  return mounted;
}

describe.skipIf(!mayMount())('a disk that is full', () => {
  let at: string;
  beforeEach(() => {
    at = temporaryFolder('disk');
    mountTiny(at);
  });
  afterEach(() => {
    execFileSync('umount', [at]);
    rmdirSync(at);
  });

  it('before the start is reported with the folder and the sizes, and is not filled', async () => {
    server.routes['/video.mp4'] = http.file(served);
    expect(await failureOf(source({ cacheDir: at }))).toMatchObject({
      code: 'CAPTURE_CRASHED', message: expect.stringMatching(`no space left in '${at}'.*2000000 bytes; \\d+ are free`) as string,
    });
    expect(readdirSync(at)).toEqual([]);
  });

  it('in the middle is reported with the folder, and nothing is left', async () => {
    writeFileSync(served, noise(900_000));
    server.routes['/video.mp4'] = http.file(served);
    server.routes['/slow.mp4'] = http.file(served, { bytesPerSecond: 900_000 });
    const failing = failureOf(httpSource(server.urlOf('/slow.mp4'), { cacheDir: at }));
    await whenStored(1, at);
    writeFileSync(join(at, 'others'), Buffer.alloc(600_000));
    expect(await failing).toMatchObject({ code: 'CAPTURE_CRASHED', message: expect.stringMatching(`no space left in '${at}'`) as string, cause: { code: 'ENOSPC' } });
    expect(readdirSync(at)).toEqual(['others']);
    rmSync(join(at, 'others'));
    await prepare(source({ cacheDir: at }));
  });
});

it('a cache that cannot be created is reported with its folder', async () => {
  server.routes['/video.mp4'] = http.file(served);
  expect(await failureOf(source({ cacheDir: join(served, 'below') }))).toMatchObject({ code: 'CAPTURE_CRASHED', message: expect.stringContaining(served) as string });
});
