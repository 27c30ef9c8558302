/** Malformed heads of HTTP responses as camera firmware writes them: rxcam plays what plain ffmpeg plays, and a hostile server gains nothing. */
import { createServer, type Server } from 'node:net';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { lastValueFrom } from 'rxjs';
import { type EncodedFrame, camera, encodeJpeg } from '../../src/index.js';
import { fieldInput, fieldJpegs, http, needs, type OddServer, run, startHttpServer, startOddHttp, type HttpServer } from '../services/index.js';
import { play } from './played.js';

let stop: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  await Promise.all(stop.map((one) => one()));
  stop = [];
});

const MULTIPART = 'multipart/x-mixed-replace;boundary=b';
const PART = '--b\r\nContent-Type: image/jpeg\r\nContent-Length: {len}\r\n\r\n';

async function odd(options: Parameters<typeof startOddHttp>[0]): Promise<OddServer & { url: string }> {
  const server = await startOddHttp(options);
  stop.push(server.stop);
  return { ...server, url: `http://${server.host}:${server.port}/video` };
}

/** The number of pictures that plain ffmpeg reads, at most 5. */
async function byFfmpeg(url: string): Promise<number> {
  const text = await run('ffmpeg', ['-nostdin', '-v', 'error', '-rw_timeout', '5000000', '-i', url, '-map', '0:v:0', '-frames:v', '5', '-f', 'framemd5', '-'], undefined)
    .catch(() => Buffer.alloc(0));
  return text.toString().split('\n').filter((line) => line.startsWith('0,')).length;
}

/** A server that answers any request with these bytes. */
async function raw(answer: (request: string) => string | Buffer, end = true): Promise<string> {
  const server: Server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', (bytes) => {
      socket.write(answer(bytes.toString()));
      if (end) socket.end();
    });
  });
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  stop.push(async () => new Promise((resolve) => { server.close(resolve); }));
  return `http://user:s3cret@127.0.0.1:${(server.address() as AddressInfo).port}/clip.mp4`;
}

needs('ffmpeg', 'python')('a header', () => {
  it.each([
    ['with a line without a name', `HTTP/1.1 200 OK\r\nServer: GoaHead\r\nTue, 12 Jun 2012 01:56:34 GMT\r\nContent-Type:${MULTIPART}\r\n\r\n`],
    ['with only LF', `HTTP/1.0 200 OK\nServer: cam\nContent-Type: ${MULTIPART}\n\n`],
    ['that ends before its type', `HTTP/1.1 200 OK\r\nX-Channel: 2\n\r\nContent-Type: ${MULTIPART}\r\n\r\n`],
    ['with a space in a name', `HTTP/1.1 200 OK\r\nCache Control: no-cache\r\nContent-Type: ${MULTIPART}\r\n\r\n`],
    // These have no report; they are similar to those that have.
    ['of ICY', `ICY 200 OK\r\nContent-Type: ${MULTIPART}\r\n\r\n`],
    ['with a line that is only a colon', `HTTP/1.1 200\r\n:\r\n: x\r\nContent-Type: ${MULTIPART}\r\n\r\n`],
  ])('%s gives the pictures that plain ffmpeg reads', async (_, head) => {
    const { url } = await odd({ mode: 'mjpeg', files: await fieldJpegs(), fps: 25, head, part: PART });
    expect(await byFfmpeg(url)).toBe(5);
    const { values, error } = await play<EncodedFrame>(url, (gate) => gate.pipe(encodeJpeg()), { values: 5 });
    expect(error).toBeUndefined();
    expect(values.map(({ width, height }) => [width, height])).toEqual(Array(5).fill([320, 240]));
  });

  it.each([
    ['that is missing', ''],
    ['with a length of another kind', `HTTP/1.1 200 OK\r\nContent-Length: 0x7fffffff\r\nContent-Type: ${MULTIPART}\r\n\r\n`],
    ['with CR twice', `HTTP/1.1 200 OK\r\r\nContent-Type: ${MULTIPART}\r\r\n\r\r\n`],
  ])('%s gives pictures where plain ffmpeg has one or none', async (_, head) => {
    const { url, requests } = await odd({ mode: 'mjpeg', files: await fieldJpegs(), fps: 25, head, part: PART });
    const { values, error } = await play<EncodedFrame>(url, (gate) => gate.pipe(encodeJpeg()), { values: 5 });
    expect(error).toBeUndefined();
    expect(values).toHaveLength(5);
    expect(requests.filter((line) => line.startsWith('GET'))).toHaveLength(2);
  });

  it('with only LF is accepted for a transport stream too', async () => {
    const { url } = await odd({ mode: 'live', file: await fieldInput('gop50.ts'), rate: 400_000, head: 'HTTP/1.0 200 OK\nServer: cam\n\n' });
    const { values, error } = await play<EncodedFrame>(url, (gate) => gate.pipe(encodeJpeg()), { values: 20 });
    expect(error).toBeUndefined();
    expect(values).toHaveLength(20);
  });
});

const OK = 'HTTP/1.1 200 OK\r\nContent-Type: video/mp4\r\n';

needs('ffmpeg')('a hostile header', () => {
  it.each([
    ['that never ends', () => `${OK}${'X-A: b\r\n'.repeat(20_000)}`, 'SOURCE_REFUSED'],
    ['of one line', () => `HTTP/1.1 200 OK${'a'.repeat(1_000_000)}`, 'SOURCE_REFUSED'],
    ['of another protocol', () => 'SSH-2.0-OpenSSH_9.2\r\n', 'SOURCE_REFUSED'],
    ['of zeros', () => Buffer.alloc(1_000_000), 'SOURCE_REFUSED'],
    ['of only interim responses', () => 'HTTP/1.1 100 Continue\r\n\r\n'.repeat(1_000), 'SOURCE_REFUSED'],
    ['with chunks without a size', () => `${OK}Transfer-Encoding: chunked\r\nETag: "a"\r\nContent-Length: 9\r\n\r\nzz\r\n`, 'DECODE_FAILED|SOURCE_REFUSED|STREAM_ENDED'],
    ['that requests a login with a megabyte of text', () => `HTTP/1.1 401 No\r\nWWW-Authenticate: ${'a'.repeat(1_000_000)}\r\n\r\n`, 'SOURCE_UNAUTHORIZED'],
    ['that requests Digest with a megabyte of text', () => `HTTP/1.1 401 No\r\nWWW-Authenticate: Digest ${'a'.repeat(1_000_000)}\r\n\r\n`, 'SOURCE_UNAUTHORIZED'],
    ['that requests an unknown algorithm', () => 'HTTP/1.1 401 No\r\nWWW-Authenticate: Digest realm="a", nonce="b", algorithm=FOO\r\n\r\n', 'SOURCE_UNAUTHORIZED'],
    ['that requests Digest with the algorithm constructor', () => 'HTTP/1.1 401 No\r\nWWW-Authenticate: Digest realm="a", nonce="b", algorithm=constructor\r\n\r\n', 'SOURCE_UNAUTHORIZED'],
    ['that rejects a request without a challenge', () => 'HTTP/1.1 401 No\r\n\r\n', 'SOURCE_UNAUTHORIZED'],
    ['that redirects to a file', () => 'HTTP/1.1 302 Found\r\nLocation: file:///etc/passwd\r\n\r\n', 'SOURCE_REFUSED'],
    ['that redirects to itself', () => 'HTTP/1.1 302 Found\r\nLocation: /again\r\n\r\n', 'SOURCE_REFUSED'],
  ])('%s is one clear error, at once', async (_, answer, code) => {
    const url = await raw(answer);
    const begun = performance.now();
    const { error } = await play<EncodedFrame>(url, (gate) => gate.pipe(encodeJpeg()), { secrets: ['s3cret'] });
    expect(error).toMatchObject({ code: expect.stringMatching(new RegExp(`^(${code})$`)) as string });
    expect(performance.now() - begun).toBeLessThan(15_000);
  });

  it('that comes a byte at a time does not extend an attempt beyond its time limit', async () => {
    const { url } = await odd({ mode: 'drip', head: 'HTTP/1.1 200 OK\r\nX: ', every: 0.05 });
    const { error } = await play<EncodedFrame>(url, (gate) => gate.pipe(encodeJpeg()), { connectTimeoutMs: 300, firstFrameTimeoutMs: 300, readWindowMs: 30 });
    expect(error).toMatchObject({ code: 'SOURCE_TIMEOUT' });
  });
});

needs('ffmpeg')('a password', () => {
  let server: HttpServer;
  const secret = 'pa:ss@word';
  const at = (path: string) => server.urlOf(path).replace('//', `//user:${encodeURIComponent(secret)}@`);
  const basic = Buffer.from(`user:${secret}`).toString('base64');
  const logins = () => server.requests.map(({ headers }) => headers.authorization ?? '');

  it('is sent as Basic only after a Basic challenge', async () => {
    server = await startHttpServer({ '/open': http.mjpeg({ fps: 25 }), '/basic': http.login('user', secret, http.mjpeg({ fps: 25 })) });
    stop.push(server.stop);
    await play<EncodedFrame>(at('/open'), (gate) => gate.pipe(encodeJpeg()), { values: 3, secrets: [secret, basic] });
    expect(logins()).toEqual(['', '']);
    const { values } = await play<EncodedFrame>(at('/basic'), (gate) => gate.pipe(encodeJpeg()), { values: 3, secrets: [secret, basic] });
    expect(values).toHaveLength(3);
    expect(logins().slice(2, 4)).toEqual(['', `Basic ${basic}`]);
  });

  it.each([
    ['Digest realm="cam", nonce="abc", qop="auth", algorithm=MD5'], ['Digest realm="cam", nonce="abc", algorithm=SHA-256'],
    ['Basic realm="cam", Digest realm="cam", nonce="abc"'], ['Digest realm="cam", nonce="abc", algorithm=FOO, Basic realm="cam"'], ['Digest'],
  ])('is never sent in clear text to a server that requests %s', async (challenge) => {
    const digest = http.status(401, { 'WWW-Authenticate': challenge });
    let asked = 0;
    // The second time, a server that requested Digest requests Basic.
    server = await startHttpServer({ '/video': (request, response) => (asked++ < 2 ? digest : http.status(401))(request, response) });
    stop.push(server.stop);
    const gate = camera(at('/video'));
    for (let attempt = 0; attempt < 2; attempt++) {
      await expect(lastValueFrom(gate.pipe(encodeJpeg()))).rejects.toMatchObject({ code: 'SOURCE_UNAUTHORIZED' });
    }
    expect(logins().filter((one) => /basic/i.test(one) || one.includes(basic) || one.includes(secret))).toEqual([]);
  });
});
