/** Secrets in all places where cameras and users put them: they are used, and never shown. */
import { Console } from 'node:console';
import { Writable } from 'node:stream';
import { inspect } from 'node:util';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { CameraStreamer } from '../../src/apps/streamer/index.js';
import { camera, encodeH265, kafka, memory, publish, redis, retry, toMessage } from '../../src/index.js';
import { type HttpServer, type OddServer, fieldInput, fieldJpegs, http, needs, secretsKept, startHttpServer, startOddHttp, startOddRtsp } from '../services/index.js';
import { watch } from '../faults/kit.js';
import { build, run } from '../real/apps/cli-program.js';

const SECRET = 'tlJwpbo6-xQ';

/** All ways in which a program can show an object. */
function shown(value: unknown): string[] {
  const lines: string[] = [];
  const sink = new Writable({ write: (chunk, _, done) => { lines.push(String(chunk)); done(); } });
  const logger = pino({ level: 'trace' }, { write: (line: string) => { lines.push(line); } });
  logger.info({ value }, 'an object');
  logger.info(value as object);
  const own = new Console(sink);
  own.log(value);
  own.dir(value, { depth: null, showHidden: true });
  own.log('%o %O %j', value, value, Object.keys(value as object));
  lines.push(inspect(value, { depth: Infinity, showHidden: true, getters: true }), inspect(Object.entries(value as object), { depth: 12 }));
  try { lines.push(JSON.stringify(value)); } catch (error) { lines.push(String(error)); }
  return lines;
}

needs('ffmpeg')('an object that holds a secret', () => {
  const sasl = { mechanism: 'plain', username: 'me', password: SECRET } as const;
  const address = `rtsp://admin:${SECRET}@127.0.0.1:9/user=admin_password=${SECRET}_channel=1?token=${SECRET}`;
  const gate = camera(address);
  const broker = memory();

  it.each([
    ['kafka()', kafka({ brokers: ['127.0.0.1:9'], sasl, ssl: { passphrase: SECRET, key: SECRET } })],
    ['redis() by address', redis({ url: `redis://me:${SECRET}@127.0.0.1:9` })],
    ['redis() by parts', redis({ host: '127.0.0.1', password: SECRET })],
    ['memory()', broker],
    ['camera() over RTSP', gate],
    ['camera() over HTTP', camera(`http://admin:${SECRET}@127.0.0.1:9/cgi-bin/snapshot.cgi?loginuse=admin&loginpas=${SECRET}`)],
    ['a plan', gate.pipe(retry(), encodeH265())],
    ['an Observable of messages', gate.pipe(encodeH265(), toMessage(), publish(broker, { topic: 't' }), retry())],
    ['CameraStreamer', new CameraStreamer({ serviceId: 's', serverType: 'kafka', connection: { brokers: ['127.0.0.1:9'], sasl } })],
    ['its state', kafka({ brokers: ['127.0.0.1:9'], sasl }).state],
  ])('%s: shows none in any form of output', (_, value) => {
    secretsKept([SECRET], shown(value));
  });

  it('shows none while it is in use, and when it has failed', async () => {
    const handle = redis({ url: `redis://me:${SECRET}@127.0.0.1:9`, retryInitialMs: 10 });
    const one = camera('test:?size=64x48&duration=0.2', { key: 'one', pace: 'asap' });
    const sent = one.pipe(encodeH265(), toMessage(), publish(handle, { topic: 't' })).subscribe();
    await new Promise<void>((resolve) => { handle.errors$.subscribe(() => { resolve(); }); });
    secretsKept([SECRET], [...shown(handle), ...shown(handle.state), ...shown(handle.state.error), ...shown(one)]);
    sent.unsubscribe();
    secretsKept([SECRET], shown(await handle.close({ deadlineMs: 0 })));
  });
});

needs('ffmpeg', 'python')('a camera with its secret in the address', () => {
  let rtsp: OddServer;
  let board: OddServer;
  let server: HttpServer;
  beforeAll(async () => {
    rtsp = await startOddRtsp({ file: await fieldInput('gop50.h264') });
    board = await startOddHttp({ mode: 'mjpeg', files: await fieldJpegs(), head: 'HTTP/1.1 200 OK\r\nContent-Type: multipart/x-mixed-replace;boundary=b\r\n\r\n', part: '--b\r\nContent-Type: image/jpeg\r\nContent-Length: {len}\r\n\r\n' });
    server = await startHttpServer();
  });
  afterAll(async () => { await Promise.all([rtsp.stop(), board.stop(), server.stop()]); });

  it.each([
    (port: number) => `rtsp://127.0.0.1:${port}/user=admin_password=${SECRET}_channel=1_stream=0.sdp?real_stream`,
    (port: number) => `rtsp://127.0.0.1:${port}/11?usr=admin&pwd=${SECRET}`,
    (port: number) => `rtsp://admin:top@${SECRET}#1@127.0.0.1:${port}/a`,
    (port: number) => `rtsp://127.0.0.1:${port}/live?%70assword=${SECRET}`,
  ])('over RTSP: it reaches the server, and is shown nowhere else', async (at) => {
    const one = watch(at(rtsp.port), { key: undefined, secrets: [SECRET] });
    await one.nth('published', 2);
    expect(one.gate.key).toMatch(/^127\.0\.0\.1/);
    one.sample();
    await one.end();
    const asked = rtsp.requests.join('\n');
    expect(asked.includes(SECRET) || at(1).includes('#')).toBe(true);
  });

  it.each(['loginuse=admin&loginpas', 'jwt', 'ticket', '_sid', 'access_key'])('over HTTP as %s', async (name) => {
    const one = watch(`http://127.0.0.1:${board.port}/video?channel=1&${name}=${SECRET}`, { key: undefined, secrets: [SECRET] });
    await one.nth('published', 2);
    one.sample();
    await one.end();
    expect(board.requests.join('\n')).toContain(SECRET);
  });

  it('that rejects it: the error, the events and the log do not show it', async () => {
    server.routes['/video'] = http.status(401);
    const one = watch(`${server.urlOf('/video')}?loginpas=${SECRET}`, { key: undefined, secrets: [SECRET] });
    await one.nth('retrying');
    expect(one.codes[0]).toBe('SOURCE_UNAUTHORIZED');
    expect(one.failures[0]?.message).toContain('loginpas=***');
    await one.end();
  });
});

needs('ffmpeg')('a command with a secret in a word that is mistyped', () => {
  beforeAll(build);

  it.each([
    [` rtsp://u:${SECRET}@h/s`], [`"rtsp://u:${SECRET}@h/s"`], [`rtsp//u:${SECRET}@h/s`], [`rtsp:/u:${SECRET}@h/s`], [`u:${SECRET}@h/s`],
    [`rtsp://u:p@${SECRET}/1@127.0.0.1/a`], ['test:', '--to', `u:${SECRET}@h:9092`], ['test:', '--to', ` kafka://u:${SECRET}@h/t`],
    ['test:', `--sasl-password=${SECRET}`], ['test:', '--sasl-password', SECRET], ['test:', '--redis-password', SECRET],
    ['test:', '--to', `kafka://u:p@${SECRET}/1@h:9092/t`], ['test:', '--to', `redis://h/video?password=${SECRET}`],
  ])('%j: bad usage, in one line without it', async (...words) => {
    const { exitCode, stdout, stderr } = await run(['stream', ...words]);
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(/^rxcam: [^\n]*$/);
    secretsKept([SECRET], [stdout, stderr]);
  });
});
