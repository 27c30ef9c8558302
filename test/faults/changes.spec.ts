/** Changes while a stream runs: size, rate, pixel format, time that jumps, goes back, stops. */
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { lastValueFrom, toArray } from 'rxjs';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type Camera, camera, encodeH265, resize, skipRate } from '../../src/index.js';
import { SkipChain } from '../../src/core/pictures/skip.js';
import {
  type HttpServer, annexB, countFrames, footage, http, needs, startHttpServer, startRtspServer, startTcpProxy, temporaryFolder, threeQuestions,
} from '../services/index.js';
import { type WatchOptions, type Watched, watch } from './kit.js';
import { joinedFlv, part } from './streams.js';

let server: HttpServer;
let folder: string;
let watched: Watched | undefined;

beforeAll(async () => {
  server = await startHttpServer();
  folder = temporaryFolder('changes');
});
afterAll(async () => {
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
});
afterEach(async () => {
  const last = watched;
  watched = undefined;
  await last?.end();
});

function file(name: string, ...parts: readonly Buffer[]): string {
  const path = join(folder, name);
  writeFileSync(path, Buffer.concat(parts));
  return path;
}

/** Plays a file to its end. */
async function played(path: string, options: WatchOptions = {}): Promise<Watched> {
  watched = watch(path, options);
  await watched.whenOver();
  expect(watched.codes).toEqual([]);
  return watched;
}

const sizesOf = (of: Watched) => [...new Set(of.messages.map(({ headers }) => `${headers['ce_width'] ?? ''}x${headers['ce_height'] ?? ''}`))];
const timesOf = (of: Watched) => of.of('captured').map((event) => event.pts);
const video = (of: Watched) => Buffer.concat(of.messages.map((message) => message.value));

/** Every picture of the source was captured and published, at times that rise; all of it decodes, in one size. */
async function expectWhole(of: Watched, frames: number, size: string): Promise<void> {
  expect(of.gate.stats).toMatchObject({ captured: frames, published: frames, skipped: 0, droppedTotal: 0 });
  expect(sizesOf(of)).toEqual([size]);
  expect(await countFrames(video(of))).toBe(frames);
  const times = timesOf(of);
  expect(times.every((pts, index) => index === 0 || pts > (times[index - 1] ?? 0))).toBe(true);
}

describe('the size of the picture', () => {
  it.each([
    ['frame', 'as the first one is', {}, '160x120'],
    ['stream', 'as asked for', { width: 80 }, '80x60'],
  ] as const)('changes in a file: the output (%s mode) stays %s', async (mode, _what, wanted, size) => {
    const path = file(`size-${mode}.ts`, await part(), await part({ size: '320x240', from: 1 }), await part({ from: 2 }));
    const steps = (gate: Camera) => ('width' in wanted ? gate.pipe(resize(wanted), encodeH265({ mode })) : gate.pipe(encodeH265({ mode })));
    const done = await played(path, { steps });
    await expectWhole(done, 30, size);
    expect(done.of('changed').map((event) => `${event.width}x${event.height}`)).toEqual(['320x240', '160x120']);
  });

  it('changes its aspect: the output stays as it is, and whole', async () => {
    const path = file('aspect.ts', await part(), await part({ size: '240x320', from: 1 }), await part({ size: '64x48', from: 2 }));
    await expectWhole(await played(path, { steps: (gate) => gate.pipe(resize({ width: 100, height: 100, enlarge: true }), encodeH265()) }), 30, '100x76');
  });

  it('changes in a live transport stream: no message is torn, the output stays as it is', async () => {
    const parts = [await part({ frames: 20 }), await part({ size: '320x240', from: 2, frames: 20 }), await part({ from: 4, frames: 20 })];
    const bytes = Buffer.concat(parts);
    writeFileSync(join(folder, 'live.ts'), bytes);
    server.routes['/live'] = http.file(join(folder, 'live.ts'), { length: false, bytesPerSecond: bytes.length / 2 });
    watched = watch(server.urlOf('/live'), { steps: (gate) => gate.pipe(encodeH265({ mode: 'stream', gop: 10 })) });
    await watched.nth('failed');
    expect(watched.codes).toEqual(['STREAM_ENDED']);
    // The last messages may be on their way; the next attempt must not begin while its messages are decoded.
    await watched.nth('published', 60);
    watched.unsubscribe();
    await expectWhole(watched, 60, '160x120');
    expect(watched.of('changed')).toHaveLength(2);
  });

  needs('rtsp')('at an RTSP camera', () => {
    it('changes in mid-stream: no failure, the output stays as it is', async () => {
      const switching = await footage({ width: 160, height: 120, fps: 25, gop: 5, seconds: 2, switchResolution: { width: 320, height: 240 } });
      const rtsp = await startRtspServer({ file: await annexB(switching), fps: 25 });
      watched = watch(rtsp.url, { steps: (gate) => gate.pipe(resize({ width: 80 }), encodeH265()) });
      await watched.when('both sizes were seen, twice', () => watched !== undefined && watched.of('changed').length >= 4);
      await watched.next('published', 10);
      expect(watched.codes).toEqual([]);
      expect(new Set(watched.of('changed').map((event) => event.width))).toEqual(new Set([160, 320]));
      watched.unsubscribe();
      expect(sizesOf(watched)).toEqual(['80x60']);
      expect(await countFrames(video(watched))).toBe(watched.messages.length);
      await watched.end();
      watched = undefined;
      await rtsp.stop();
    });

    it('is another one after a reconnect: a new GOP with new headers', async () => {
      const rate = { fps: 25, gop: 5 };
      const small = await startRtspServer({ width: 160, height: 120, ...rate });
      const large = await startRtspServer({ width: 320, height: 240, ...rate });
      const proxy = await startTcpProxy({ port: small.port });
      const url = small.url.replace(String(small.port), String(proxy.port));
      watched = watch(url, { steps: (gate) => gate.pipe(encodeH265({ mode: 'stream', gop: 50 })) });
      await watched.nth('published', 7);
      proxy.setTarget({ port: large.port });
      proxy.reset();
      await watched.nth('recovered');
      await watched.next('published', 10);
      watched.unsubscribe();
      expect(sizesOf(watched)).toEqual(['160x120', '320x240']);
      const first = watched.messages.find(({ headers }) => headers['ce_width'] === '320');
      expect(first?.headers['ce_keyframe']).toBe('true');
      const after = watched.messages.filter(({ headers }) => headers['ce_width'] === '320');
      expect(await countFrames(Buffer.concat(after.map(({ value }) => value)))).toBe(after.length);
      await watched.end();
      watched = undefined;
      await Promise.all([proxy.stop(), small.stop(), large.stop()]);
    });
  });
});

describe('the pixel format', () => {
  it('changes in a transport stream: every picture is there, and decodes', async () => {
    const path = file('format.ts', await part(), await part({ pixelFormat: 'gray', from: 1 }), await part({ pixelFormat: 'yuv444p', from: 2 }));
    const done = await played(path);
    await expectWhole(done, 30, '160x120');
    // The decoder calls gray 4:2:0 as well, of full range; and keeps the range until another one is said.
    expect(done.of('changed').map((event) => event.pixelFormat)).toEqual([expect.stringMatching(/420p$|gray/), expect.stringMatching(/444p$/)]);
  });

  it('changes back and forth in JPEG pictures: every picture is there, and decodes', async () => {
    const jpeg = { codec: 'mjpeg', container: 'mjpeg' } as const;
    const colour = await part({ ...jpeg, pixelFormat: 'yuvj420p' });
    const done = await played(file('format.mjpeg', colour, await part({ ...jpeg, pixelFormat: 'yuvj444p' }), colour));
    await expectWhole(done, 30, '160x120');
    expect(done.of('changed').map((event) => event.pixelFormat)).toEqual(['yuvj444p', 'yuvj420p']);
  });

  it('and the size change at once, for raw pictures: each has the form asked for', async () => {
    const path = file('both.ts', await part(), await part({ pixelFormat: 'yuv444p', size: '320x240', from: 1 }));
    const gate = camera(path, { pixelFormat: 'rgb24' });
    const frames = await lastValueFrom(gate.pipe(resize({ width: 80 }), toArray()));
    expect(frames.map((frame) => frame.data.length)).toEqual(new Array<number>(20).fill(80 * 60 * 3));
    await threeQuestions({ stats: gate.stats });
  });
});

describe('the rate', () => {
  it.each([
    ['from 10 to 30 fps', 10, 30], ['from 30 to 10 fps', 30, 10],
  ])('changes %s: skipRate({ fps: 5 }) still keeps five a second', async (_how, before, after) => {
    const path = file(`rate-${before}.ts`, await part({ fps: before, frames: before * 3 }), await part({ fps: after, frames: after * 3, from: 3 }));
    const done = await played(path, { steps: (gate) => gate.pipe(skipRate({ fps: 5 }), encodeH265()) });
    expect(done.gate.stats).toMatchObject({ captured: (before + after) * 3, droppedTotal: 0 });
    expect(done.messages.length).toBeGreaterThanOrEqual(29);
    expect(done.messages.length).toBeLessThanOrEqual(31);
    expect(await countFrames(video(done))).toBe(done.messages.length);
  });
});

describe('the time', () => {
  const flv = { container: 'flv' } as const;
  const cases: readonly (readonly [string, string, () => Promise<Buffer>, number])[] = [
    ['jumps 100 s ahead (MKV)', 'ahead.mkv', () => part({ container: 'matroska', times: 'if(gte(N,10),TS+100000,TS)', frames: 30 }), 30],
    ['jumps 100 s ahead (transport stream)', 'ahead.ts', async () => Buffer.concat([await part(), await part({ from: 100, frames: 20 })]), 30],
    ['jumps back to its start (transport stream)', 'back.ts', async () => Buffer.concat([await part({ frames: 20 }), await part()]), 30],
    ['jumps back to its start, and nothing corrects it (FLV)', 'back.flv', async () => joinedFlv(await part({ ...flv, frames: 20 }), await part(flv)), 30],
    ['jumps back and ahead again (FLV)', 'both.flv', async () => joinedFlv(await part({ ...flv, from: 5 }), await part(flv), await part({ ...flv, from: 50 })), 30],
    ['stops at the start (FLV)', 'still.flv', () => part({ ...flv, times: '0', frames: 20 }), 20],
    ['stops after a while (MKV)', 'stuck.mkv', () => part({ container: 'matroska', times: 'min(TS,1000)', frames: 30 }), 30],
    ['comes twice for each two pictures (MKV)', 'twice.mkv', () => part({ container: 'matroska', times: 'TS-mod(N,2)*100', frames: 30 }), 30],
    ['is near the end of 33 bits and starts again (transport stream)', 'wrap.ts', () => part({ from: 95_442, frames: 30 }), 30],
  ];

  it.each(cases)('%s: every picture is captured in order, and decodes', async (_how, name, make, frames) => {
    const path = file(name, await make());
    expect(await countFrames(path)).toBe(frames);
    await expectWhole(await played(path), frames, '160x120');
  });

  it.each(cases)('%s: skipRate keeps the pictures of its rule, by count and by time', async (_how, name, _make, frames) => {
    const path = join(folder, name);
    const done = await played(path, { steps: (gate) => gate.pipe(skipRate({ fps: 5 }), skipRate(2), encodeH265()) });
    const chain = new SkipChain([{ num: 5, den: 1 }, { every: 2 }]);
    const kept = done.of('captured').filter(({ pts }) => chain.keep(pts)).map(({ seq }) => seq);
    expect(done.gate.stats).toMatchObject({ captured: frames, skipped: frames - kept.length, published: kept.length, droppedTotal: 0 });
    expect(done.messages.map(({ headers }) => Number(headers['ce_seq']))).toEqual(kept);
    expect(kept.length).toBeGreaterThan(frames / 30);
  });
});
