/** Passwords of every kind, in every way to fail: they log in, and are seen nowhere. */
import { readFileSync, readdirSync, rmSync } from 'node:fs';
import { type AddressInfo, type Server, type Socket, connect, createServer } from 'node:net';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { normalizeUrl } from '../../src/core/redact/redact.js';
import {
  type HttpServer, type RtspServer, type TcpProxy, footage, freePort, http, needs, secretsKept, startHttpServer, startRtspServer,
  startTcpProxy, temporaryFolder,
} from '../services/index.js';
import { type WatchOptions, type Watched, watch } from './kit.js';

const SMALL = { width: 160, height: 120, fps: 25 };
const USER = 'user';
/** Each as its owner knows it. None can be read as an address of another host. */
const PASSWORDS = ['plain-secret', 'p@ss:w/o?r#d', '100%sure %41', 'two words', `quote'"\\<>`, 'pässwörd€'];

/** As it is, and percent-encoded. A `%` before two hex digits means the character in either. */
function forms(password: string): string[] {
  const encoded = encodeURIComponent(password);
  return password === encoded || /%[0-9a-f]{2}/i.test(password) ? [encoded] : [password, encoded];
}

/** A password, in its form within an address. */
const ALL = PASSWORDS.flatMap((password) => forms(password).map((form) => [form, password] as const));

function secretsOf(password: string): string[] {
  return [password, Buffer.from(`${USER}:${password}`).toString('base64')];
}

const output: string[] = [];
let watched: Watched | undefined;

beforeAll(() => {
  for (const stream of [process.stdout, process.stderr]) {
    const write: (chunk: string | Uint8Array) => boolean = stream.write.bind(stream);
    vi.spyOn(stream, 'write').mockImplementation((chunk) => {
      output.push(String(chunk));
      return write(chunk);
    });
  }
});
afterAll(() => { vi.restoreAllMocks(); });
afterEach(async () => {
  const last = watched;
  watched = undefined;
  await last?.end();
});

function start(url: string, password: string, options: WatchOptions = {}): Watched {
  output.length = 0;
  watched = watch(url, { key: undefined, secrets: secretsOf(password), sampleMs: 20, minStartIntervalMs: 100, connectTimeoutMs: 5_000, ...options });
  return watched;
}

/** Fails in the way that is expected; the host stays readable, and nothing of the password is. */
async function fails(code: string, url: string, password: string, options: WatchOptions = {}): Promise<Watched> {
  const one = start(url, password, options);
  await one.nth('retrying');
  expect(one.codes[0]).toBe(code);
  return ended(one, password);
}

async function ended(one: Watched, password: string): Promise<Watched> {
  const address = one.of('connecting')[0]?.address;
  expect(address).toMatch(/^(rtsp|http):\/\/\*\*\*@(127\.0\.0\.1|\[::1\]):\d+\//);
  watched = undefined;
  await one.end();
  secretsKept(secretsOf(password), [output, normalizeUrl(address ?? '')]);
  return one;
}

needs('rtsp')('an RTSP camera', () => {
  let rtsp: RtspServer;
  beforeAll(async () => { rtsp = await startRtspServer({ ...SMALL, gop: 5, user: USER, password: 'another-password' }); });
  afterAll(async () => { await rtsp.stop(); });

  it.each(ALL)('that wants another password than %s: unauthorised, refused, without a word of it', async (form, password) => {
    const at = (port: number) => `rtsp://${USER}:${form}@127.0.0.1:${port}/stream`;
    const { failures } = await fails('SOURCE_UNAUTHORIZED', at(rtsp.port), password);
    expect(failures[0]?.message).toContain(`127.0.0.1:${rtsp.port}`);
    await fails('SOURCE_REFUSED', at(await freePort()), password);
  });

  it.each(['basic', 'digest'] as const)('logs in by %s with any password; then ffmpeg dies, the server dies, no server answers', async (auth) => {
    const password = 'p@ss:w/o?r#d %';
    const own = await startRtspServer({ ...SMALL, gop: 5, user: USER, password, auth });
    const one = start(`rtsp://${USER}:${password}@127.0.0.1:${own.port}/stream`, password, { connectTimeoutMs: 2_000 });
    await one.nth('published', 3);
    process.kill(one.pid, 'SIGKILL');
    await one.nth('recovered');
    await one.next('published');
    await own.kill();
    await one.next('retrying', 2);
    await own.start();
    own.pause();
    await one.next('retrying');
    own.resume();
    await one.next('recovered');
    one.sample();
    expect(one.processTexts.length).toBeGreaterThan(1);
    expect(one.codes.slice(0, 3)).toEqual(['CAPTURE_CRASHED', 'STREAM_ENDED', 'SOURCE_REFUSED']);
    await ended(one, password);
    await fails('SOURCE_NOT_FOUND', `rtsp://${USER}:${encodeURIComponent(password)}@127.0.0.1:${own.port}/nothing`, password);
    await own.stop();
  });

  it('that accepts and sends nothing: a timeout that does not show the password', async () => {
    const hole = await startTcpProxy({ port: 9 });
    hole.blackHole();
    await fails('SOURCE_TIMEOUT', `rtsp://${USER}:p@ss:w/o?r#d@${hole.address}/stream`, 'p@ss:w/o?r#d', { connectTimeoutMs: 500 });
    await hole.stop();
  });

  it('at an IPv6 address: unauthorised and refused, without a word of the password', async ({ skip }) => {
    const relay = await relayOnIpv6(rtsp.port);
    if (relay === undefined) return skip('there is no IPv6 here');
    for (const [form, password] of ALL.slice(0, 3)) {
      await fails('SOURCE_UNAUTHORIZED', `rtsp://${USER}:${form}@[::1]:${relay.port}/stream`, password);
    }
    relay.close();
    await fails('SOURCE_REFUSED', `rtsp://${USER}:p@ss:w/o?r#d@[::1]:${relay.port}/stream`, 'p@ss:w/o?r#d');
  });
});

describe('an HTTP camera', () => {
  let server: HttpServer;
  let hole: TcpProxy;
  beforeAll(async () => {
    server = await startHttpServer();
    hole = await startTcpProxy({ port: 9 });
    hole.blackHole();
  });
  afterAll(async () => {
    await hole.stop();
    await server.stop();
  });

  it.each(ALL)('with the password %s: logs in, dies, is refused, is not there, without a word of it', async (form, password) => {
    const at = (path: string) => server.urlOf(path).replace('://', `://${USER}:${form}@`);
    server.routes['/live'] = http.login(USER, password, http.mjpeg(SMALL));
    const one = start(at('/live'), password);
    await one.nth('published', 3);
    process.kill(one.pid, 'SIGKILL');
    await one.nth('recovered');
    server.routes['/live'] = http.status(401);
    process.kill(one.pid, 'SIGKILL');
    await one.next('retrying', 2);
    expect(one.codes.slice(0, 3)).toEqual(['CAPTURE_CRASHED', 'CAPTURE_CRASHED', 'SOURCE_UNAUTHORIZED']);
    expect(one.processTexts.length).toBeGreaterThan(1);
    await ended(one, password);
    await fails('SOURCE_NOT_FOUND', at('/nothing'), password);
    await fails('SOURCE_TIMEOUT', at('/live').replace(String(server.port), String(hole.port)), password, { connectTimeoutMs: 300 });
    await fails('SOURCE_REFUSED', at('/live').replace(String(server.port), String(await freePort())), password);
  });

  it('whose redirect names a password: that one is hidden as well', async () => {
    const password = 'of-the-other-server';
    server.routes['/other'] = http.login(USER, password, http.mjpeg(SMALL));
    server.routes['/redirect'] = http.redirect(server.urlOf('/other').replace('://', `://${USER}:${password}@`));
    const one = start(server.urlOf('/redirect').replace('://', `://${USER}:first-secret@`), password);
    await one.nth('published', 3);
    server.routes['/other'] = http.status(401);
    process.kill(one.pid, 'SIGKILL');
    await one.nth('retrying', 2);
    await ended(one, password);
    secretsKept(['first-secret'], [one.events.filter((event) => event.type !== 'captured'), one.lines, one.failures]);
  });

  it('whose file is downloaded: neither the cache nor the temporary folder shows the password', async () => {
    const password = 'p@ss:w/o?r#d';
    const cacheDir = temporaryFolder('secret-cache');
    server.routes['/clip.mp4'] = http.login(USER, password, http.file(await footage({ ...SMALL, seconds: 1 })));
    const one = start(server.urlOf('/clip.mp4').replace('://', `://${USER}:${password}@`), password, { cacheDir });
    await one.whenOver();
    expect(one.gate.stats).toMatchObject({ captured: 25, published: 25 });
    const notes = readdirSync(cacheDir).filter((name) => name.endsWith('.json'));
    const written = notes.map((name) => readFileSync(join(cacheDir, name), 'utf8'));
    secretsKept(secretsOf(password), [...readdirSync(cacheDir), ...written, ...readdirSync(tmpdir())]);
    await ended(one, password);
    rmSync(cacheDir, { recursive: true, force: true });
  });
});

/** Passes connections to ::1 on to a port of 127.0.0.1; undefined without IPv6. */
async function relayOnIpv6(to: number): Promise<{ port: number; close(): void } | undefined> {
  const sockets: Socket[] = [];
  const relay: Server = createServer((client) => {
    const upstream = connect(to, '127.0.0.1');
    for (const socket of [client, upstream]) socket.on('error', () => { /* the other end is gone */ });
    client.pipe(upstream).pipe(client);
    sockets.push(client, upstream);
  });
  relay.listen(0, '::1');
  try {
    await once(relay, 'listening');
  } catch {
    return undefined;
  }
  return {
    port: (relay.address() as AddressInfo).port,
    close: () => {
      relay.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}
