/** Pictures of many sizes and rates in the encoders: large, fast and tiny ones, with every preset, on both builds. */
import { type Observable, lastValueFrom, map, toArray } from 'rxjs';
import { afterEach, describe, expect, it, vi } from 'vitest';
import {
  type Camera, type CameraEvent, type EncodeH265Config, type EncodedFrame, type Frame, type Published, type ResizeConfig,
  camera, encodeH265, encodeJpeg, memory, publish, resize,
  skipRate, toMessage,
} from '../../src/index.js';
import { BUILDS } from '../real/ffmpeg/builds.js';
import { isWholeIdr } from '../real/ffmpeg/h265.js';
import { readJpeg } from '../real/ffmpeg/jpeg.js';
import { countFrames, decodeToRaw, fieldInput, needs, probeStream, ssim, threeQuestions } from '../services/index.js';

interface Result { readonly gate: Camera; readonly frames: readonly EncodedFrame[]; readonly events: readonly CameraEvent[] }

async function run(address: string, steps: (gate: Camera) => Observable<Frame | EncodedFrame | Published>): Promise<Result> {
  const gate = camera(address, { key: 'gate', pace: 'asap' });
  const events: CameraEvent[] = [];
  gate.events$.subscribe((event) => { events.push(event); });
  const frames = await lastValueFrom((steps(gate) as Observable<EncodedFrame>).pipe(toArray()));
  await threeQuestions({ stats: gate.stats });
  return { gate, frames, events };
}

const video = (frames: readonly EncodedFrame[]) => Buffer.concat(frames.map((frame) => frame.data));

/** Every picture is emitted, in the Main profile, and looks like its source. */
async function isWhole({ gate, frames }: Result, pictures: number, size: { width: number; height: number }): Promise<void> {
  expect(gate.stats).toMatchObject({ captured: pictures, droppedTotal: 0, inFlight: 0 });
  expect(frames.map(({ width, height }) => ({ width, height }))).toEqual(Array.from({ length: pictures }, () => size));
  expect(await probeStream(video(frames))).toMatchObject({ codec_name: 'hevc', profile: 'Main', pix_fmt: 'yuv420p', ...size });
  expect(await countFrames(video(frames))).toBe(pictures);
}

afterEach(() => { vi.unstubAllEnvs(); });

describe.each(BUILDS)('H.265 of large and fast pictures, ffmpeg of $name', ({ path }) => {
  it.each([
    ['big-3mp.mp4', 5, { width: 2304, height: 1296 }, 150], ['big-4mp.mp4', 5, { width: 2560, height: 1440 }, 150],
    ['big-8mp.mp4', 3, { width: 3840, height: 2160 }, 150], ['fast-720p240.mp4', 24, { width: 1280, height: 720 }, 150],
    ['fast-1080p120.mp4', 12, { width: 1920, height: 1080 }, 150], ['big-2mp.mp4', 5, { width: 1920, height: 1080 }, 120],
  ] as const)('%s', async (name, pictures, size, level) => {
    vi.stubEnv('FFMPEG_PATH', path);
    const clip = await fieldInput(name);
    for (const config of [{}, { mode: 'stream' }] satisfies EncodeH265Config[]) {
      const result = await run(clip, (gate) => gate.pipe(encodeH265(config)));
      await isWhole(result, pictures, size);
      expect((await probeStream(video(result.frames)))['level']).toBeLessThanOrEqual(level);
      if (config.mode === undefined) expect(result.frames.every(({ data }) => isWholeIdr(data))).toBe(true);
    }
  });
});

needs('ffmpeg')('H.265 of large pictures', () => {
  it.each(['superfast', 'veryfast', 'faster', 'fast', 'medium', 'slow', 'slower', 'veryslow'] as const)('with the preset %s', async (preset) => {
    const result = await run('test:?size=2304x1296&fps=5&duration=0.4', (gate) => gate.pipe(encodeH265({ preset, crf: 40 })));
    await isWhole(result, 2, { width: 2304, height: 1296 });
  });

  it('from the pattern, whose size is in its address, by one process', async () => {
    const result = await run('test:?size=2560x1440&fps=5&duration=0.6', (gate) => gate.pipe(encodeH265()));
    await isWhole(result, 3, { width: 2560, height: 1440 });
  });

  it('enlarged above the level of small coding units', async () => {
    const result = await run(await fieldInput('lepton80x60.mp4'), (gate) => gate.pipe(resize({ width: 2304, enlarge: true }), encodeH265()));
    await isWhole(result, 9, { width: 2304, height: 1728 });
  });

  it('of user code, in a separate child', async () => {
    const clip = await fieldInput('big-3mp.mp4');
    const fused = await run(clip, (gate) => gate.pipe(encodeH265()));
    const staged = await run(clip, (gate) => gate.pipe(map((frame) => frame), encodeH265()));
    await isWhole(staged, 5, { width: 2304, height: 1296 });
    expect(video(staged.frames).equals(video(fused.frames))).toBe(true);
  });

  it('thinned to a rate that small coding units allow', async () => {
    const { frames } = await run(await fieldInput('fast-720p240.mp4'), (gate) => gate.pipe(skipRate(4), encodeH265()));
    expect(frames).toHaveLength(6);
    expect(await probeStream(video(frames))).toMatchObject({ profile: 'Main', level: 123 });
  });

  it('that look like their source', async () => {
    const clip = await fieldInput('big-4mp.mp4');
    const { frames } = await run(clip, (gate) => gate.pipe(encodeH265()));
    expect((await ssim(clip, video(frames))).mean).toBeGreaterThan(0.95);
  });
});

const TINY: readonly (readonly [string, ResizeConfig | undefined, number, { width: number; height: number }])[] = [
  ['amg8x8.mkv', undefined, 8, { width: 8, height: 8 }], ['mlx32x24.mp4', undefined, 8, { width: 32, height: 24 }],
  ['flat264.mp4', { width: 16 }, 50, { width: 16, height: 10 }], ['flat264.mp4', { height: 16 }, 50, { width: 28, height: 16 }],
  ['flat264.mp4', { width: 20 }, 50, { width: 20, height: 12 }],
  ['odd15x5.mkv', undefined, 5, { width: 14, height: 4 }], ['wide5000x20.mkv', undefined, 3, { width: 5000, height: 20 }],
  ['amg8x8.mkv', { width: 16, height: 16, fit: 'fill', enlarge: true }, 8, { width: 16, height: 16 }],
];

describe.each(BUILDS)('tiny pictures, ffmpeg of $name', ({ path }) => {
  it.each(TINY)('%s, resized to %j', async (name, to, pictures, size) => {
    vi.stubEnv('FFMPEG_PATH', path);
    const clip = await fieldInput(name);
    const sized = (gate: Camera) => (to === undefined ? gate : gate.pipe(resize(to)));
    for (const config of [{}, { mode: 'stream' }] satisfies EncodeH265Config[]) {
      await isWhole(await run(clip, (gate) => sized(gate).pipe(encodeH265(config))), pictures, size);
    }
    const jpegs = await run(clip, (gate) => sized(gate).pipe(encodeJpeg()));
    expect(jpegs.frames.map(({ data }) => readJpeg(data))).toEqual(Array.from({ length: pictures }, () => expect.objectContaining(size) as unknown));
    const raw = await run(clip, (gate) => sized(gate));
    expect(raw.frames.map(({ width, height, data }) => ({ width, height, bytes: data.length })))
      .toEqual(Array.from({ length: pictures }, () => ({ ...size, bytes: size.width * size.height * 1.5 })));
  });
});

needs('ffmpeg')('tiny pictures', () => {
  it.each(['superfast', 'medium', 'veryslow'] as const)('with the preset %s, whose coding units are larger', async (preset) => {
    for (const width of [16, 40, 80]) {
      const result = await run(await fieldInput('big-2mp.mp4'), (gate) => gate.pipe(resize({ width, height: 24, fit: 'fill' }), encodeH265({ preset })));
      await isWhole(result, 5, { width, height: 24 });
    }
  });

  it('look like their source, to the edge', async () => {
    const clip = await fieldInput('amg8x8.mkv');
    const { frames } = await run(clip, (gate) => gate.pipe(encodeH265({ crf: 5 })));
    const [source, shown] = [await decodeToRaw(clip, { pixelFormat: 'gray' }), await decodeToRaw(video(frames), { pixelFormat: 'gray' })];
    expect(shown).toHaveLength(source.length);
    expect(Math.max(...source.map((value, index) => Math.abs(value - (shown[index] ?? 0))))).toBeLessThan(8);
  });

  it('of user code, in a separate child', async () => {
    const result = await run(await fieldInput('amg8x8.mkv'), (gate) => gate.pipe(map((frame) => frame), encodeH265()));
    await isWhole(result, 8, { width: 8, height: 8 });
  });

  it('have their size in the headers of their messages', async () => {
    const broker = memory();
    await run(await fieldInput('amg8x8.mkv'), (gate) => gate.pipe(encodeH265(), toMessage(), publish(broker, { topic: 'video' })));
    expect(broker.read('video').map(({ headers }) => [headers['ce_width'], headers['ce_height']])).toEqual(Array.from({ length: 8 }, () => ['8', '8']));
    await broker.close();
  });
});
