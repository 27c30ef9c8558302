/** Redirects of RTSP cameras, and their logins: a login is sent only to its origin, hosts are checked, and the number of redirects is limited. */
import { afterEach, expect, it } from 'vitest';
import { type Watched, watch } from '../faults/kit.js';
import { BUILDS } from '../real/ffmpeg/builds.js';
import { type OddServer, fieldInput, freePort, needs, startOddRtsp } from '../services/index.js';
import type { OddRtspOptions } from '../services/odd/index.js';

const PASSWORD = 'secret-of-the-first';
const LOGIN = { user: 'admin', password: PASSWORD };

const servers: OddServer[] = [];
let watched: Watched | undefined;
const before = process.env['FFMPEG_PATH'];
afterEach(async () => {
  const last = watched;
  watched = undefined;
  await last?.end();
  for (const server of servers.splice(0)) await server.stop();
  if (before === undefined) delete process.env['FFMPEG_PATH'];
  else process.env['FFMPEG_PATH'] = before;
});

async function start(options: OddRtspOptions = {}): Promise<OddServer & { at(login?: string, path?: string): string }> {
  const server = await startOddRtsp({ file: await fieldInput('gop50.h264'), ...options });
  servers.push(server);
  return Object.assign(server, { at: (login = '', path = '/a') => `rtsp://${login}127.0.0.1:${server.port}${path}` });
}

const said = (server: OddServer) => server.requests.filter((line) => line.startsWith('auth'));

needs('ffmpeg')('an RTSP redirect', () => {
  it.each(BUILDS)('to another origin that requests Basic: it does not get the login ($name)', async ({ path }) => {
    process.env['FFMPEG_PATH'] = path;
    const second = await start({ auth: 'basic', ...LOGIN });
    const first = await start({ redirect: second.at() });
    watched = watch(first.at(`admin:${PASSWORD}@`), { retry: false, secrets: [PASSWORD] });
    await watched.whenOver();
    expect(watched.failures[0]?.code).toBe('SOURCE_UNAUTHORIZED');
    expect(said(second)).toEqual([]);
  });

  it('to another origin without a login: it plays', async () => {
    const second = await start();
    const first = await start({ redirect: second.at() });
    watched = watch(first.at(`admin:${PASSWORD}@`), { secrets: [PASSWORD] });
    await watched.nth('published', 3);
    expect(said(second)).toEqual([]);
  });

  it('with its own credentials: they are used there, and never shown', async () => {
    const second = await start({ auth: 'basic', user: 'other', password: 'pass-of-the-second' });
    const first = await start({ redirect: second.at('other:pass-of-the-second@') });
    watched = watch(first.at(`admin:${PASSWORD}@`), { secrets: [PASSWORD, 'pass-of-the-second'] });
    await watched.nth('published', 3);
  });

  it.each(['OPTIONS', 'DESCRIBE'])('of %s to itself: five are followed', async (at) => {
    const first = await start({ redirect: 'rtsp://127.0.0.1:{port}/b', at });
    watched = watch(first.at(), { retry: false });
    await watched.whenOver();
    expect(watched.failures[0]).toMatchObject({ code: 'SOURCE_REFUSED', message: expect.stringContaining('more than 5 times') as string });
    expect(first.requests.filter((line) => line.startsWith(at))).toHaveLength(6);
  });

  it.each(['SETUP', 'PLAY'])('in answer to %s is not followed', async (at) => {
    const second = await start();
    const first = await start({ redirect: second.at(), at });
    watched = watch(first.at(), { retry: false });
    await watched.whenOver();
    expect(watched.failures[0]?.code).toBe('SOURCE_REFUSED');
    expect(second.requests).toEqual([]);
  });

  it.each([
    ['http://127.0.0.1:1/a', /only rtsp: and rtsps: are followed/], ['file:///etc/passwd', /only rtsp: and rtsps: are followed/],
    ['rtsp://169.254.169.254/latest', /metadata/], ['rtsp://', /./], ['', /302/],
  ])('to %j: SourceRefused', async (redirect, message) => {
    const first = await start(redirect === '' ? { status: '302 Moved' } : { redirect });
    watched = watch(first.at(), { retry: false });
    await watched.whenOver();
    expect(watched.failures[0]?.code).toBe('SOURCE_REFUSED');
    expect(watched.failures[0]?.message).toMatch(message);
  });

  it('to a host of deny: SourceRefused, without a request to it', async () => {
    const second = await start();
    const first = await start({ redirect: `rtsp://localhost:${second.port}/a` });
    watched = watch(first.at(), { retry: false, hosts: { deny: ['localhost'] } });
    await watched.whenOver();
    expect(watched.failures[0]?.message).toContain('hosts.deny contains it');
    expect(second.requests).toEqual([]);
  });
});

needs('ffmpeg')('the login of an RTSP camera', () => {
  it.each(BUILDS)('is never sent in clear text if the camera requests Digest ($name)', async ({ path }) => {
    process.env['FFMPEG_PATH'] = path;
    const server = await start({ auth: 'digest', ...LOGIN });
    watched = watch(server.at(`admin:${PASSWORD}@`), { secrets: [PASSWORD] });
    await watched.nth('published', 3);
    expect(said(server).length).toBeGreaterThan(0);
    for (const line of said(server)) expect(line).toMatch(/^auth Digest /);
  });

  it.each(['p@ss w%rd', 'ü"\\'])('%j is sent unchanged', async (password) => {
    const server = await start({ auth: 'basic', user: 'admin', password });
    watched = watch(server.at(`admin:${encodeURIComponent(password)}@`));
    await watched.nth('published', 2);
  });

  it.each(['basic', 'digest', 'new-nonce'] as const)('that is wrong: SourceUnauthorized, after one try (%s)', async (auth) => {
    const server = await start({ auth, ...LOGIN });
    watched = watch(server.at('admin:wr0ng-password@'), { retry: false, secrets: ['wr0ng-password'] });
    await watched.whenOver();
    expect(watched.failures[0]?.code).toBe('SOURCE_UNAUTHORIZED');
    expect(said(server)).toHaveLength(1);
  });

  it('without a server: SourceRefused', async () => {
    watched = watch(`rtsp://admin:${PASSWORD}@127.0.0.1:${await freePort()}/a`, { retry: false, secrets: [PASSWORD] });
    await watched.whenOver();
    expect(watched.failures[0]?.code).toBe('SOURCE_REFUSED');
  });
});
