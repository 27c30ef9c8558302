/** The limits of a source: its decoders, its picture size, and its memory; with both builds. */
import { readFileSync } from 'node:fs';
import { type Observable, lastValueFrom, toArray } from 'rxjs';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { type Camera, type EncodedFrame, camera, encodeH265, passthrough } from '../../src/index.js';
import { type Watched, watch } from '../faults/kit.js';
import { BUILDS } from '../real/ffmpeg/builds.js';
import { type HttpServer, fieldInput, http, needs, noFfmpegLeft, startHttpServer, startOddRtsp, temporaryFolder } from '../services/index.js';
import { play } from './played.js';

let server: HttpServer;
let watched: Watched | undefined;
const before = process.env['FFMPEG_PATH'];
const cacheDir = temporaryFolder('codecs');
beforeAll(async () => { server = await startHttpServer(); });
afterAll(async () => { await server.stop(); });
afterEach(async () => {
  const last = watched;
  watched = undefined;
  await last?.end();
  if (before === undefined) delete process.env['FFMPEG_PATH'];
  else process.env['FFMPEG_PATH'] = before;
});

async function serve(name: string): Promise<string> {
  server.routes[`/${name}`] = http.file(await fieldInput(name));
  return server.urlOf(`/${name}`);
}

async function pictures(address: string, options = {}): Promise<number> {
  const frames = await lastValueFrom(camera(address, { cacheDir, ...options }).pipe(encodeH265(), toArray()));
  await noFfmpegLeft();
  return frames.length;
}

needs('ffmpeg').each(BUILDS)('decoders ($name)', ({ name: build, path }) => {
  it.each(['svq1-410.mov', 'amg8x8.mkv'])('%s over the network: DecodeFailed that names codec and option, and the option allows it', async (name) => {
    process.env['FFMPEG_PATH'] = path;
    const codec = name.startsWith('svq1') ? 'svq1' : 'ffv1';
    const address = await serve(name);
    watched = watch(address, { retry: false, cacheDir });
    await watched.whenOver();
    expect(watched.failures[0]?.code).toBe('DECODE_FAILED');
    expect(watched.failures[0]?.message).toContain(`the source is ${codec}, which is not allowed for a remote source: allowed are h264, hevc`);
    expect(watched.failures[0]?.message).toContain(`codecs: ['${codec}']`);
    await watched.end();
    if (name.startsWith('svq1')) expect(await pictures(address, { codecs: [codec] })).toBe(25);
  });

  it('svq1 in a local file plays', async () => {
    process.env['FFMPEG_PATH'] = path;
    expect(await pictures(await fieldInput('svq1-410.mov'))).toBe(25);
  });

  const played = ['recorder1k.webm', 'av1.mp4', 'vp9-alpha.webm', 'dv-ntsc.dv', 'flat265.mp4', 'odd-mjpeg.avi', 'still.png', 'still.jpg', 'anim.gif'];
  it.each(played.filter((name) => build === 'PATH' || name !== 'av1.mp4'))('%s over the network plays', async (name) => {
    process.env['FFMPEG_PATH'] = path;
    expect(await pictures(await serve(name))).toBeGreaterThan(0);
  });

  it('audio is not decoded, and not reported as a failure', async () => {
    process.env['FFMPEG_PATH'] = path;
    watched = watch(await serve('song.mp3'), { retry: false, cacheDir });
    await watched.whenOver();
    expect(watched.failures[0]?.code).toBe('NO_VIDEO');
  });

  it('a picture above maxPixels: DecodeFailed that names the option', async () => {
    process.env['FFMPEG_PATH'] = path;
    watched = watch(await fieldInput('big-2mp.mp4'), { retry: false, maxPixels: 2_000_000 });
    await watched.whenOver();
    expect(watched.failures[0]?.code).toBe('DECODE_FAILED');
    expect(watched.failures[0]?.message).toMatch(/1920x108\d exceeds .* 2000000: the option maxPixels raises the limit/);
  });

  // The limit of its address space is 8 GiB. Measured: up to 780 MiB at this size, 1 GiB with slower presets.
  it.each<[string, (gate: Camera) => Observable<EncodedFrame>]>([
    ['encoded picture by picture', (gate) => gate.pipe(encodeH265({ mode: 'frame' }))],
    ['encoded as a stream', (gate) => gate.pipe(encodeH265({ mode: 'stream' }))],
    ['passed through', (gate) => gate.pipe(passthrough())],
  ])('4K over HTTP, %s, is within the limits of a process', async (_, steps) => {
    process.env['FFMPEG_PATH'] = path;
    const { values, error } = await play(await serve('big-8mp.mp4'), steps, { cacheDir });
    expect(error).toBeUndefined();
    expect(values.map(({ width, height, codec }) => [width, height, codec])).toEqual(Array(3).fill([3840, 2160, values[0]?.codec]));
  });

  it('4K over RTSP, encoded, is within the limits too', async () => {
    process.env['FFMPEG_PATH'] = path;
    const rtsp = await startOddRtsp({ file: await fieldInput('big-8mp.h264') });
    const { values } = await play(`rtsp://127.0.0.1:${rtsp.port}/a`, (gate) => gate.pipe(encodeH265({ mode: 'stream' })), { values: 2 });
    expect(values.map(({ width, height, codec }) => [width, height, codec])).toEqual(Array(2).fill([3840, 2160, 'h265']));
    await rtsp.stop();
  });

  it('a picture of maxPixels plays', async () => {
    process.env['FFMPEG_PATH'] = path;
    expect(await pictures(await fieldInput('big-2mp.mp4'), { maxPixels: 1920 * 1088 })).toBe(5);
    expect(await pictures(await fieldInput('lepton80x60.mp4'), { maxPixels: 128 * 64 })).toBe(9);
  });
});

needs('ffmpeg')('limits', () => {
  it.runIf(process.platform === 'linux')('the address space of a camera\'s process is limited', async () => {
    const rtsp = await startOddRtsp({ file: await fieldInput('gop50.h264') });
    watched = watch(`rtsp://127.0.0.1:${rtsp.port}/a`);
    await watched.nth('published', 2);
    const limits = readFileSync(`/proc/${watched.pid}/limits`, 'utf8');
    expect(limits).toMatch(new RegExp(`^Max address space +${4 * 1024 ** 3 + 64 * 64_000_000} `, 'm'));
    await watched.end();
    await rtsp.stop();
  });

  it.each([{ codecs: ['a,b'] }, { codecs: 'svq1' }, { codecs: [''] }, { maxPixels: 0 }, { maxPixels: 2.5 }, { maxPixels: Infinity }])('%j is an InvalidOption', (options) => {
    expect(() => camera('test:', options as object)).toThrow(new RegExp(`option '${Object.keys(options)[0] ?? ''}`));
  });
});
