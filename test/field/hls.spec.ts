/** HLS as cameras and relays serve it: of several variants one is downloaded, and time continues over a discontinuity. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { type CameraConfig, type Frame } from '../../src/index.js';
import { BUILDS } from '../real/ffmpeg/builds.js';
import { fieldHls, http, needs, startHttpServer, startOddHls } from '../services/index.js';
import { play } from './played.js';

let stop: (() => Promise<unknown>)[] = [];
const before = { ...process.env };
afterEach(async () => {
  process.env = { ...before };
  await Promise.all(stop.map((one) => one()));
  stop = [];
});

needs('ffmpeg', 'python').each(BUILDS)('a master playlist, with the ffmpeg of $name', ({ path }) => {
  it.each([
    ['by default', {}, 640, 'v1'], ["'first'", { stream: 'first' }, 320, 'v0'], ["'largest'", { stream: 'largest' }, 640, 'v1'],
  ] as const)('has one variant downloaded, %s', async (_, config: CameraConfig, width, variant) => {
    Object.assign(process.env, { FFMPEG_PATH: path, RXCAM_ALLOW_OLD_FFMPEG: '1' });
    const server = await startOddHls(await fieldHls());
    stop.push(server.stop);
    const { values, error } = await play<Frame>(`http://${server.host}:${server.port}/master.m3u8`, (gate) => gate, { values: 30, ...config });
    expect(error).toBeUndefined();
    expect(new Set(values.map((frame) => frame.width))).toEqual(new Set([width]));
    const asked = server.requests.map((line) => /\/(v\d)/.exec(line)?.[1]).filter((one) => one !== undefined);
    expect(new Set(asked)).toEqual(new Set([variant]));
  });

  it.each([[0, 320, 'v1', 0], [1, 640, 'v0', 3]] as const)('has its variants counted by stream: %d, and downloads no more of others than it takes to count them', async (stream, width, other, most) => {
    Object.assign(process.env, { FFMPEG_PATH: path, RXCAM_ALLOW_OLD_FFMPEG: '1' });
    const server = await startOddHls(await fieldHls());
    stop.push(server.stop);
    const { values, error } = await play<Frame>(`http://${server.host}:${server.port}/master.m3u8`, (gate) => gate, { values: 130, stream });
    expect(error).toBeUndefined();
    expect(new Set(values.map((frame) => frame.width))).toEqual(new Set([width]));
    const segments = server.requests.filter((line) => line.includes(`/${other}`) && line.includes('.ts'));
    expect(segments.length).toBeLessThanOrEqual(most);
  });

  it('without a variant of that number: NO_VIDEO, which lists the variants', async () => {
    Object.assign(process.env, { FFMPEG_PATH: path, RXCAM_ALLOW_OLD_FFMPEG: '1' });
    const server = await startOddHls(await fieldHls());
    stop.push(server.stop);
    const { error } = await play<Frame>(`http://${server.host}:${server.port}/master.m3u8`, (gate) => gate, { stream: 2 });
    expect(error).toMatchObject({ code: 'NO_VIDEO', message: expect.stringContaining('2 video streams, numbered from 0; the option stream is 2') as string });
  });

  it('without a length and with another name is recognised, and a variant is reached through a redirect and a login', async () => {
    Object.assign(process.env, { FFMPEG_PATH: path, RXCAM_ALLOW_OLD_FFMPEG: '1' });
    const folder = await fieldHls();
    const master = readFileSync(join(folder, 'master.m3u8'), 'utf8').replaceAll('v0.m3u8', 'small/list').replaceAll('v1.m3u8', 'large/list');
    const list = ['#EXTM3U', '#EXT-X-TARGETDURATION:1', '#EXTINF:1,', 'v10.ts', '#EXTINF:1,', 'v11.ts', '#EXT-X-DISCONTINUITY', '#EXTINF:1,', 'v10.ts', '#EXT-X-ENDLIST', ''].join('\n');
    const server = await startHttpServer({
      '/camera': http.login('user', 's3cret', (_request, response) => { response.writeHead(200, { 'Content-Type': 'text/plain' }).end(master); }),
      '/large/list': http.redirect('/other/list.m3u8'),
      '/other/list.m3u8': http.login('user', 's3cret', http.body(list, 'application/vnd.apple.mpegurl')),
      '/other/v10.ts': http.login('user', 's3cret', http.file(join(folder, 'v10.ts'))),
      '/other/v11.ts': http.login('user', 's3cret', http.file(join(folder, 'v11.ts'))),
    });
    stop.push(server.stop);
    const { values, of } = await play<Frame>(server.urlOf('/camera').replace('//', '//user:s3cret@'), (gate) => gate, { values: 75, secrets: ['s3cret'] });
    expect(of('failed')).toEqual([]);
    expect(values).toHaveLength(75);
    // The third segment is the first again, and its stamps are too: media time continues by a picture each.
    const steps = values.slice(1).map(({ pts }, index) => pts - (values[index]?.pts ?? 0));
    expect(Math.max(...steps)).toBeLessThan(100_000);
    expect(Math.min(...steps)).toBeGreaterThan(0);
    expect(server.requests.map((one) => one.path)).not.toContain('/small/list');
  });
});
