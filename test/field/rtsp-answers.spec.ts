/** Answers of RTSP cameras: each is a specific failure with a remedy; and the choice of the transport. */
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { firstValueFrom } from 'rxjs';
import { camera, encodeH265 } from '../../src/index.js';
import { type Watched, watch } from '../faults/kit.js';
import { BUILDS } from '../real/ffmpeg/builds.js';
import { type OddServer, fieldInput, needs, noFfmpegLeft, startOddRtsp } from '../services/index.js';
import type { OddRtspOptions } from '../services/odd/index.js';

let server: OddServer | undefined;
let watched: Watched | undefined;
const before = process.env['FFMPEG_PATH'];
afterEach(async () => {
  const last = watched;
  watched = undefined;
  await last?.end();
  await server?.stop();
  server = undefined;
  if (before === undefined) delete process.env['FFMPEG_PATH'];
  else process.env['FFMPEG_PATH'] = before;
});

async function start(options: OddRtspOptions): Promise<string> {
  server = await startOddRtsp({ file: await fieldInput('gop50.h264'), ...options });
  return `rtsp://127.0.0.1:${server.port}/a`;
}

const setups = () => (server?.requests ?? []).filter((line) => line.startsWith('SETUP')).length;

needs('ffmpeg')('an address at which another service answers', () => {
  it.each([
    ['HTTP', 'HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n'], ['the protocol of Redis', "-ERR unknown command 'OPTIONS'\r\n"],
    ['SSH', 'SSH-2.0-OpenSSH_9.2\r\n'], ['FTP or SMTP', '220 mail.example.com ESMTP\r\n'], ['TLS: is it rtsps://?', '\u0015\u0003\u0003\u0000\u0002\u0002\u0046'],
  ])('is refused at once, with the name of the service: %s', async (name, answer) => {
    const service = createServer((socket) => { socket.on('error', () => { /* The connection is cut. */ }).once('data', () => socket.write(answer, 'latin1')); }).listen(0, '127.0.0.1');
    await once(service, 'listening');
    const { port } = service.address() as AddressInfo;
    const error = await firstValueFrom(camera(`rtsp://127.0.0.1:${port}/a`).pipe(encodeH265())).catch((one: unknown) => one);
    expect(error).toMatchObject({ code: 'SOURCE_REFUSED', message: `'rtsp://127.0.0.1:${port}/a' cannot be read: another service than RTSP answers at this port: ${name}` });
    service.close();
    await noFfmpegLeft();
  });
});

needs('ffmpeg')('an RTSP camera that answers', () => {
  it.each([
    ['453 Not Enough Bandwidth', 'SOURCE_BUSY', /no session or bandwidth left; end another viewer/],
    ['503 Service Unavailable', 'SOURCE_BUSY', /no session or bandwidth left/],
    ['454 Session Not Found', 'STREAM_ENDED', /ended the session/],
    ['551 Option not supported', 'SOURCE_REFUSED', /RTSP option/],
    ['302 Moved Temporarily', 'SOURCE_REFUSED', /302/],
    ['400 Bad Request', 'SOURCE_REFUSED', /check the path/],
    ['403 Forbidden', 'SOURCE_UNAUTHORIZED', /403 Forbidden: it rejects the credentials or requires some/],
    ['404 Not Found', 'SOURCE_NOT_FOUND', /correct the path/],
    ['406 Not Acceptable', 'SOURCE_REFUSED', /no description that ffmpeg can read/],
    ['410 Gone', 'SOURCE_NOT_FOUND', /correct the path/],
    ['500 Internal Server Error', 'SOURCE_REFUSED', /internal error/],
    ['505 RTSP Version Not Supported', 'SOURCE_REFUSED', /another version/],
    ['299 Odd', 'SOURCE_REFUSED', /299 Odd/],
    ['499 Odd', 'SOURCE_REFUSED', /499 Odd/],
  ])('%s: %s', async (status, code, message) => {
    const url = await start({ status });
    watched = watch(url, { retry: false });
    await watched.whenOver();
    const [error] = watched.failures;
    expect(error?.code).toBe(code);
    expect(error?.message).toMatch(message);
    expect(server?.requests.map((line) => line.split(' ')[0])).toEqual(['OPTIONS', 'DESCRIBE']);
  });

  it.each(['SETUP', 'PLAY'])('453 to %s: SourceBusy, at once', async (at) => {
    const url = await start({ status: '453 Not Enough Bandwidth', at });
    watched = watch(url, { retry: false });
    await watched.whenOver();
    expect(watched.failures[0]).toMatchObject({ code: 'SOURCE_BUSY', message: expect.stringContaining(`answers ${at} with 453`) as string });
  });

  it.each(['OPTIONS', 'DESCRIBE', 'SETUP', 'PLAY'])('%s by closing the connection: SourceRefused', async (cut) => {
    const url = await start({ cut });
    watched = watch(url, { retry: false });
    await watched.whenOver();
    expect(watched.failures[0]).toMatchObject({ code: 'SOURCE_REFUSED', message: expect.stringContaining('the connection was closed') as string });
  });

  it('OPTIONS with an error, without a Content-Base: it plays', async () => {
    const url = await start({ status: '405 Method Not Allowed', at: 'OPTIONS', base: false });
    watched = watch(url);
    await watched.nth('published', 3);
  });
});

needs('ffmpeg')('the transport', () => {
  it.each([['tcp', 'udp'], ['udp', 'tcp']] as const)('%s that is not offered: TransportRefused, which names the other', async (transport, other) => {
    const url = await start({ [transport]: false });
    watched = watch(url, { transport, retry: false });
    await watched.whenOver();
    expect(watched.failures[0]?.code).toBe('TRANSPORT_REFUSED');
    expect(watched.failures[0]?.message).toMatch(new RegExp(`the camera offers no ${transport.toUpperCase()}: try transport: '${other}', or 'auto'$`));
    await watched.end();
    watched = watch(url, { transport: other });
    await watched.nth('published', 3);
  });

  it.each(BUILDS)("'auto' finds UDP, and requests it first the next time ($name)", async ({ path }) => {
    process.env['FFMPEG_PATH'] = path;
    const url = await start({ tcp: false });
    const gate = camera(url, { transport: 'auto' });
    const pictures = async () => firstValueFrom(gate.pipe(encodeH265())).catch(async () => firstValueFrom(gate.pipe(encodeH265())));
    await pictures();
    const asked = setups();
    expect(asked).toBe(2);
    await pictures();
    expect(setups()).toBe(asked + 1);
    await noFfmpegLeft();
  });

  it.each(BUILDS)("'tcp' is TCP and 'udp' is UDP ($name)", async ({ path }) => {
    process.env['FFMPEG_PATH'] = path;
    for (const transport of ['tcp', 'udp'] as const) {
      const url = await start({ tcp: false, udp: false, [transport]: true });
      watched = watch(url, { transport });
      await watched.nth('published', 2);
      expect(setups()).toBe(1);
      await watched.end();
      await server?.stop();
    }
  });

  it("'auto' uses TCP if the camera offers it", async () => {
    const url = await start({});
    watched = watch(url, { transport: 'auto' });
    await watched.nth('published', 2);
    expect(setups()).toBe(1);
  });

  it("'auto' with neither: TransportRefused", async () => {
    const url = await start({ tcp: false, udp: false });
    watched = watch(url, { transport: 'auto', retry: false });
    await watched.whenOver();
    expect(watched.failures[0]).toMatchObject({ code: 'TRANSPORT_REFUSED', message: expect.stringContaining('neither TCP nor UDP') as string });
  });

  it('that is granted but was not requested: TransportRefused', async () => {
    const url = await start({ granted: 'RTP/AVP;unicast;client_port=5000-5001;server_port=6000-6001' });
    watched = watch(url, { retry: false });
    await watched.whenOver();
    expect(watched.failures[0]?.code).toBe('TRANSPORT_REFUSED');
  });

  it.each(['169.254.169.254', 'metadata.google.internal'])('UDP from %s, where no camera is, is refused', async (source) => {
    const url = await start({ granted: `RTP/AVP;unicast;client_port=5000-5001;server_port=6000-6001;source=${source}` });
    watched = watch(url, { transport: 'udp', retry: false });
    await watched.whenOver();
    expect(watched.failures[0]).toMatchObject({ code: 'SOURCE_REFUSED', message: expect.stringContaining(source) as string });
  });

  it('of a wrong name is an InvalidOption', () => {
    expect(() => camera('rtsp://127.0.0.1/a', { transport: 'TCP' as 'tcp' })).toThrow("option 'transport': \"TCP\" given, expected 'tcp', 'udp' or 'auto'");
  });
});
