/** HTTP sources on a real server, read by a real ffmpeg. */
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer as createHttpsServer, type Server as HttpsServer } from 'node:https';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { camera } from '../../../src/camera/camera.js';
import { startHttpServer, type HttpServer, type Route, countFrames, footage, http, needs, run, secretsKept, temporaryFolder, certificateFor } from '../../services/index.js';
import { cacheOf, contentOf, failureOf, httpSource, prepare, read, writtenIn } from './http-kit.js';

let server: HttpServer;
let cacheDir: string;
let clip: string;
let frames: number;

beforeAll(async () => {
  clip = await footage();
  frames = await countFrames(clip);
});
beforeEach(async () => {
  server = await startHttpServer();
  cacheDir = temporaryFolder('http-cache');
});
afterEach(async () => {
  await server.stop();
  rmSync(cacheDir, { recursive: true, force: true });
});

const source = (path: string, options = {}) => httpSource(server.urlOf(path), { cacheDir, ...options });

needs('ffmpeg')('an HTTP file', () => {
  it('is downloaded once and is valid by its ETag from then on', async () => {
    server.routes['/clip.mp4'] = http.file(clip);
    const one = source('/clip.mp4');
    const { input, progress } = await prepare(one);
    expect(progress).toBeGreaterThan(0);
    expect(one).toMatchObject({ kind: 'http-file', live: false, endless: false });
    expect(contentOf(input).equals(readFileSync(clip))).toBe(true);
    expect((await read(input)).times).toHaveLength(frames);
    expect((await prepare(source('/clip.mp4'))).input).toEqual(input);
    expect(server.requests).toHaveLength(2);
    expect(server.requests[1]?.headers).toHaveProperty('if-none-match');
    expect(cacheOf(cacheDir)).toMatchObject({ parts: [], notes: [expect.any(String)], files: [expect.stringMatching(/\.mp4$/)] });
  });

  it('is valid by Last-Modified without an ETag', async () => {
    server.routes['/clip.mp4'] = http.file(clip, { etag: false });
    const { input } = await prepare(source('/clip.mp4'));
    expect((await prepare(source('/clip.mp4'))).input).toEqual(input);
    expect(server.requests[1]?.headers).toHaveProperty('if-modified-since');
  });

  it('is downloaded each time without both', async () => {
    server.routes['/clip.mp4'] = http.file(clip, { etag: false, lastModified: false });
    const first = await prepare(source('/clip.mp4'));
    const second = await prepare(source('/clip.mp4'));
    expect(second.input.url).not.toBe(first.input.url);
    expect(contentOf(second.input).equals(readFileSync(clip))).toBe(true);
  });

  it('is downloaded again when it has changed', async () => {
    const changing = join(cacheDir, 'served');
    writeFileSync(changing, 'first version');
    const folder = join(cacheDir, 'cache');
    server.routes['/clip'] = http.file(changing);
    expect(contentOf((await prepare(source('/clip', { cacheDir: folder }))).input).toString()).toBe('first version');
    writeFileSync(changing, 'other version');
    expect(contentOf((await prepare(source('/clip', { cacheDir: folder }))).input).toString()).toBe('other version');
  });

  it('may be downloaded by several at once', async () => {
    server.routes['/clip.mp4'] = http.file(clip);
    const all = await Promise.all(Array.from({ length: 4 }, async () => prepare(source('/clip.mp4'))));
    for (const { input } of all) expect(contentOf(input).equals(readFileSync(clip))).toBe(true);
    expect(cacheOf(cacheDir).parts).toEqual([]);
    expect(cacheOf(cacheDir).notes).toHaveLength(1);
  });

  it('is followed through redirects, which get no credentials on another origin', async () => {
    const other = await startHttpServer({ '/there.mp4': http.file(clip) });
    try {
      server.routes['/here.mp4'] = http.login('user', 's3cret', http.redirect('/on.mp4'));
      server.routes['/on.mp4'] = http.login('user', 's3cret', http.redirect(other.urlOf('/there.mp4')));
      await prepare(httpSource(server.urlOf('/here.mp4').replace('//', '//user:s3cret@'), { cacheDir }));
      expect(server.requests.map(({ headers }) => headers.authorization)).toEqual([undefined, expect.stringMatching(/^Basic /), expect.stringMatching(/^Basic /)]);
      expect(other.requests.map(({ headers }) => headers.authorization)).toEqual([undefined]);
    } finally {
      await other.stop();
    }
  });

  it('is read in place with download: false', async () => {
    server.routes['/clip.mp4'] = http.login('user', 's3cret', http.file(clip));
    const one = httpSource(server.urlOf('/clip.mp4').replace('//', '//user:s3cret@'), { cacheDir, download: false });
    const { input } = await prepare(one);
    expect(one).toMatchObject({ kind: 'http-file', live: false, endless: false });
    const { times } = await read(input);
    expect(times).toHaveLength(frames);
    expect([...input.options, input.url].join(' ')).not.toContain('s3cret');
    expect(cacheOf(cacheDir)).toEqual({ parts: [], notes: [], files: [] });
  });

  it('read in place is taken up again by ffmpeg when the connection is cut', async () => {
    const { size } = { size: readFileSync(clip).length };
    // The probe of rxcam is the first request.
    server.routes['/clip.mp4'] = http.file(clip, { cutAfter: Math.floor(size / 2), cuts: 3 });
    const { input } = await prepare(source('/clip.mp4', { download: false }));
    expect((await read(input)).times).toHaveLength(frames);
  });

  it('runs through camera() as a file', async () => {
    server.routes['/clip.mp4'] = http.file(clip);
    const gate = camera(server.urlOf('/clip.mp4'), { cacheDir });
    let count = 0;
    await new Promise<void>((resolve, reject) => {
      gate.subscribe({ next: () => { count++; }, error: reject, complete: resolve });
    });
    expect(count).toBe(frames);
  });
});

needs('ffmpeg')('credentials', () => {
  it('go as Basic, and appear in no error, name or note', async () => {
    const secret = 'p@ss/w:rd';
    server.routes['/clip.mp4'] = http.login('user', secret, http.file(clip));
    const address = (password: string) => server.urlOf('/clip.mp4?token=t0ken').replace('//', `//user:${encodeURIComponent(password)}@`);
    const one = httpSource(address(secret), { cacheDir });
    const { input } = await prepare(one);
    expect((await read(input)).times).toHaveLength(frames);
    const failure = await failureOf(httpSource(address('wr0ng-secret'), { cacheDir }));
    expect(failure.code).toBe('SOURCE_UNAUTHORIZED');
    expect(failure.message).toContain(server.host);
    secretsKept([secret, 'wr0ng-secret', 't0ken'], [failure, input, one.address, writtenIn(cacheDir)]);
  });

  it('answer Digest, for a download and for a live stream that ffmpeg reads', async () => {
    server.routes['/clip.mp4'] = digest('user', 's3cret', http.file(clip));
    server.routes['/live'] = digest('user', 's3cret', http.mjpeg());
    const at = (path: string, password = 's3cret') => httpSource(server.urlOf(path).replace('//', `//user:${password}@`), { cacheDir });
    expect(contentOf((await prepare(at('/clip.mp4'))).input).equals(readFileSync(clip))).toBe(true);
    const live = at('/live');
    const { input } = await prepare(live);
    expect(live.kind).toBe('http');
    expect((await read(input, 5)).times).toHaveLength(5);
    expect((await failureOf(at('/clip.mp4', 'wr0ng'))).code).toBe('SOURCE_UNAUTHORIZED');
  });
});

/** Serves `route` to who logs in with Digest (MD5, qop auth). */
function digest(user: string, password: string, route: Route): Route {
  const md5 = (text: string) => createHash('md5').update(text).digest('hex');
  return (request, response) => {
    const told = Object.fromEntries([...(request.headers.authorization ?? '').matchAll(/(\w+)=(?:"([^"]*)"|([^,\s]+))/g)]
      .map(([, name, a, b]) => [name, a ?? b])) as Record<string, string>;
    const expected = md5([
      md5(`${user}:cam:${password}`), told['nonce'], told['nc'], told['cnonce'], 'auth', md5(`GET:${request.url}`),
    ].join(':'));
    if (told['response'] === expected) return route(request, response);
    return http.status(401, { 'WWW-Authenticate': 'Digest realm="cam", nonce="abc", qop="auth", algorithm=MD5' })(request, response);
  };
}

needs('ffmpeg')('a live stream', () => {
  it('of multipart JPEG is read by ffmpeg, in the time in which it came', async () => {
    server.routes['/video'] = http.mjpeg({ fps: 10, frames: 25 });
    const one = source('/video');
    const { input } = await prepare(one);
    expect(one).toMatchObject({ kind: 'http', live: true, endless: true });
    const { times } = await read(input);
    expect(times).toHaveLength(25);
    // 24 intervals of 0.1 s: the demuxer alone would say 0.04 s each.
    expect((times.at(-1) ?? 0) - (times[0] ?? 0)).toBeGreaterThan(1.9);
    expect(cacheOf(cacheDir).files).toEqual([]);
  });

  it('of MPEG-TS without a length is read by ffmpeg', async () => {
    server.routes['/live.ts'] = http.mpegts();
    const one = source('/live.ts');
    const { input } = await prepare(one);
    expect(one.live).toBe(true);
    expect((await read(input, 10)).times).toHaveLength(10);
  });

  it.each([['application/vnd.apple.mpegurl', '/live.m3u8'], ['text/plain', '/live'], ['application/octet-stream', '/live']])('a playlist called %s at %s is read by ffmpeg', async (type, path) => {
    const folder = join(cacheDir, 'hls');
    await makePlaylist(folder);
    server.routes[path] = http.body(readFileSync(join(folder, 'a.m3u8')), type);
    for (const name of ['a0.ts', 'a1.ts']) server.routes[`/${name}`] = http.file(join(folder, name));
    const one = source(path, { cacheDir: join(cacheDir, 'cache') });
    const { input } = await prepare(one);
    expect(one).toMatchObject({ kind: 'http', live: true });
    expect((await read(input)).times).toHaveLength(frames);
    expect(cacheOf(join(cacheDir, 'cache'))).toEqual({ parts: [], notes: [], files: [] });
  });

  it('whose playlist names a local file does not open it', async () => {
    const folder = join(cacheDir, 'hls');
    await makePlaylist(folder);
    server.routes['/evil.m3u8'] = http.body(`#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nfile://${folder}/a0.ts\n#EXT-X-ENDLIST\n`, 'audio/mpegurl');
    const { input } = await prepare(source('/evil.m3u8'));
    const { times, stderr } = await read(input);
    expect(times).toEqual([]);
    expect(stderr).toContain("'file' not on whitelist");
  });

  it('has one session at a time: the probe is gone before ffmpeg comes', async () => {
    let open = 0;
    let most = 0;
    const live = http.mjpeg();
    server.routes['/video'] = (request, response) => {
      most = Math.max(most, ++open);
      response.on('close', () => { open--; });
      return live(request, response);
    };
    const { input } = await prepare(source('/video'));
    expect((await read(input, 3)).times).toHaveLength(3);
    expect(most).toBe(1);
    expect(server.requests).toHaveLength(2);
  });

  it('runs through camera() as a live source', async () => {
    server.routes['/video'] = http.mjpeg({ frames: 5 });
    const gate = camera(server.urlOf('/video'), { cacheDir });
    let count = 0;
    const error = await new Promise<unknown>((resolve) => {
      gate.subscribe({ next: () => { count++; }, error: resolve, complete: () => { resolve(undefined); } });
    });
    expect(error).toMatchObject({ code: 'STREAM_ENDED' });
    expect(count).toBe(5);
  });

  it('becomes a file again when the server serves one', async () => {
    const one = source('/video.mp4');
    server.routes['/video.mp4'] = http.mpegts();
    await prepare(one);
    expect(one.kind).toBe('http');
    server.routes['/video.mp4'] = http.file(clip);
    await prepare(one);
    expect(one).toMatchObject({ kind: 'http-file', live: false, endless: false });
  });

  it('that falls silent ends by the read timeout', async () => {
    server.routes['/live.ts'] = (_request, response) => { response.writeHead(200, { 'Content-Type': 'video/mp2t' }).write('x'); };
    const { input } = await prepare(source('/live.ts', { readTimeoutMs: 500 }));
    await expect(read(input)).rejects.toMatchObject({ code: 'SOURCE_TIMEOUT', message: expect.stringContaining('has sent nothing for 500 ms') as string });
  });

  it('is read in the same way by an ffmpeg of any age, and its address stays hidden', async () => {
    server.routes['/video'] = http.login('user', 's3cret', http.mjpeg());
    const one = httpSource(server.urlOf('/video').replace('//', '//user:s3cret@'), { cacheDir });
    const { input } = await prepare(one);
    expect(input).not.toHaveProperty('warning');
    secretsKept(['s3cret'], [input.options, input.url, input.env]);
    expect((await read(input, 3)).times).toHaveLength(3);
  });
});

async function makePlaylist(folder: string): Promise<void> {
  mkdirSync(folder, { recursive: true });
  await run('ffmpeg', ['-v', 'error', '-i', clip, '-c', 'copy', '-f', 'hls', '-hls_time', '1', '-hls_list_size', '0', '-hls_segment_filename', join(folder, 'a%d.ts'), join(folder, 'a.m3u8')]);
}

needs('ffmpeg')('https', () => {
  let secure: HttpsServer;
  beforeEach(async () => {
    const { key, certificate: cert } = await certificateFor('localhost', cacheDir);
    const route = http.mjpeg();
    secure = createHttpsServer({ key, cert }, (request, response) => { void route(request, response); });
    secure.listen(0, '127.0.0.1');
    await once(secure, 'listening');
  });
  afterEach(() => {
    vi.unstubAllEnvs();
    secure.closeAllConnections();
    secure.close();
  });
  const address = () => `https://127.0.0.1:${(secure.address() as AddressInfo).port}/video`;

  it('with a certificate without a known authority is refused, with the remedy', async () => {
    const failure = await failureOf(httpSource(address(), { cacheDir }));
    expect(failure).toMatchObject({ code: 'SOURCE_REFUSED', message: expect.stringMatching(/self-signed.*NODE_EXTRA_CA_CERTS/) as string });
  });

  it('is read by ffmpeg', async () => {
    vi.stubEnv('NODE_TLS_REJECT_UNAUTHORIZED', '0');
    const { input } = await prepare(httpSource(address(), { cacheDir }));
    expect((await read(input, 3)).times).toHaveLength(3);
  });
});

needs('ffmpeg')('an answer that is none', () => {
  it.each([
    ['401', http.status(401), 'SOURCE_UNAUTHORIZED'],
    ['403', http.status(403), 'SOURCE_UNAUTHORIZED'],
    ['404', http.status(404), 'SOURCE_NOT_FOUND'],
    ['410', http.status(410), 'SOURCE_NOT_FOUND'],
    ['503', http.status(503), 'SOURCE_REFUSED'],
    ['a page', http.body('<html></html>', 'text/html'), 'NO_VIDEO'],
    ['a redirect to a file', http.redirect('file:///etc/passwd'), 'SOURCE_REFUSED'],
    ['a redirect to FTP', http.redirect('ftp://localhost/clip.mp4'), 'SOURCE_REFUSED'],
    ['a redirect to nowhere', http.redirect('http://'), 'SOURCE_REFUSED'],
    ['redirects without an end', http.redirect('/clip.mp4'), 'SOURCE_REFUSED'],
  ] as const)('%s', async (_name, route, code) => {
    server.routes['/clip.mp4'] = route;
    for (const download of [true, false]) expect(await failureOf(source('/clip.mp4', { download }))).toMatchObject({ code });
    expect(cacheOf(cacheDir)).toEqual({ parts: [], notes: [], files: [] });
  });

  it.each([
    ['a page', '<!doctype html><title>Log in</title>'],
    ['a script of ffmpeg', 'ffconcat version 1.0\nfile /etc/passwd\n'],
    ['a session description', 'v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\n'],
  ])('%s that is called a video', async (_name, content) => {
    server.routes['/clip.mp4'] = http.body(content, 'video/mp4');
    expect(await failureOf(source('/clip.mp4'))).toMatchObject({ code: 'NO_VIDEO' });
    expect(cacheOf(cacheDir)).toEqual({ parts: [], notes: [], files: [] });
  });

  it('a refused connection', async () => {
    await server.down();
    expect(await failureOf(source('/clip.mp4'))).toMatchObject({ code: 'SOURCE_REFUSED', message: expect.stringContaining('ECONNREFUSED') as string });
  });

  it('no answer within the time limit', async () => {
    server.routes['/clip.mp4'] = http.blackHole();
    expect(await failureOf(source('/clip.mp4', { readTimeoutMs: 300 }))).toMatchObject({ code: 'SOURCE_TIMEOUT' });
  });

  it('something that is not HTTP', async () => {
    const sockets = new Set<Socket>();
    const other: Server = createServer((socket) => { sockets.add(socket); socket.on('error', () => { /* it is cut */ }); socket.write('SSH-2.0-OpenSSH_9\r\n'); });
    other.listen(0, '127.0.0.1');
    await once(other, 'listening');
    const failure = await failureOf(httpSource(`http://127.0.0.1:${(other.address() as AddressInfo).port}/`, { cacheDir }));
    expect(failure).toMatchObject({ code: 'SOURCE_REFUSED', message: expect.stringContaining('does not speak HTTP') as string });
    for (const socket of sockets) socket.destroy();
    other.close();
  });

  it('an address without a host', () => {
    for (const address of ['http://', 'http://[/x', 'https://user:s3cret@']) {
      expect(() => httpSource(address)).toThrow(/allowed: http:/);
      expect(() => httpSource(address)).not.toThrow(/s3cret/);
    }
  });
});
