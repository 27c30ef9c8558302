/** The hosts that a camera may connect to: by its address, redirects, segments and keys. */
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type Frame } from '../../src/index.js';
import { type HttpServer, fieldHls, http, needs, startHttpServer } from '../services/index.js';
import { play } from './played.js';

let server: HttpServer;
beforeEach(async () => { server = await startHttpServer(); });
afterEach(async () => { await server.stop(); });

/** A refusal comes at once; the pictures of a busy machine may be seconds late. */
const PATIENT = { connectTimeoutMs: 20_000, firstFrameTimeoutMs: 20_000 };

needs('ffmpeg')('a camera', () => {
  it.each([
    'http://169.254.169.254/latest/meta-data', 'http://2852039166/', 'http://0xa9fea9fe/', 'http://[::ffff:169.254.169.254]/', 'http://[fe80::1]/',
    'http://metadata.google.internal/', 'http://[fd00:ec2::254]/',
  ])('does not follow a redirect to %s', async (to) => {
    server.routes['/video'] = http.redirect(to);
    const begun = performance.now();
    const { error } = await play<Frame>(server.urlOf('/video'), (gate) => gate, PATIENT);
    expect(error).toMatchObject({ code: 'SOURCE_REFUSED', message: expect.stringMatching(/no connection to the host|cannot be read/) as string });
    expect(performance.now() - begun).toBeLessThan(15_000);
  });

  it.each([
    ['a segment', (to: string) => `#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\n${to}/a.ts\n#EXT-X-ENDLIST\n`],
    ['a key', (to: string) => `#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXT-X-KEY:METHOD=AES-128,URI="${to}/key"\n#EXTINF:1,\nv00.ts\n#EXT-X-ENDLIST\n`],
    ['a variant', (to: string) => `#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\n${to}/a.m3u8\n`],
    ['a segment that is redirected', () => '#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\n/away.ts\n#EXT-X-ENDLIST\n'],
  ])('fails if its playlist leads to a denied host by %s', async (_, list) => {
    const to = 'http://169.254.169.254';
    server.routes['/live.m3u8'] = http.body(list(to), 'application/vnd.apple.mpegurl');
    server.routes['/away.ts'] = http.redirect(`${to}/a.ts`);
    server.routes['/v00.ts'] = http.file(join(await fieldHls(), 'v00.ts'));
    const { error, stats } = await play<Frame>(server.urlOf('/live.m3u8'), (gate) => gate, PATIENT);
    expect(error).toMatchObject({ code: 'SOURCE_REFUSED', message: expect.stringContaining("no connection to the host '169.254.169.254'") as string });
    expect(stats.captured).toBe(0);
  });

  it('connects only to the hosts of allow, and to none of deny', async () => {
    const list = (to: string) => `#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\n${to}/v00.ts\n#EXT-X-ENDLIST\n`;
    server.routes['/v00.ts'] = http.file(join(await fieldHls(), 'v00.ts'));
    server.routes['/live.m3u8'] = http.body(list(server.urlOf('').replace('127.0.0.1', 'localhost')), 'application/vnd.apple.mpegurl');
    const withHosts = async (hosts: object) => play<Frame>(server.urlOf('/live.m3u8'), (gate) => gate, { ...PATIENT, hosts, values: 5 });
    expect((await withHosts({ allow: ['127.0.0.0/8'] })).values).toHaveLength(5);
    expect((await withHosts({ deny: ['localhost'] })).error).toMatchObject({ code: 'SOURCE_REFUSED', message: expect.stringContaining("'localhost'") as string });
    expect((await withHosts({ allow: ['127.0.0.1'], deny: ['*.example.com'] })).values).toHaveLength(5);
  });
});
