/** Pixels that are not square, and interlaced pictures. */
import { afterEach, describe, expect, it } from 'vitest';
import { lastValueFrom, map, toArray } from 'rxjs';
import {
  type Camera, type EncodedFrame, type Frame, InvalidOption, type ResizeConfig, camera, encodeH265, encodeJpeg, memory, passthrough, publish, resize,
  skipRate, skipUnchanged, toMessage,
} from '../../src/index.js';
import { fieldInput, needs, startOddHttp } from '../services/index.js';
import { BUILDS } from '../real/ffmpeg/builds.js';
import { decodedAs, play } from './played.js';

const before = process.env['FFMPEG_PATH'];
afterEach(() => {
  if (before === undefined) delete process.env['FFMPEG_PATH'];
  else process.env['FFMPEG_PATH'] = before;
});

/** Mean brightness of each row. */
const rows = ({ data, width, height }: Frame) => Array.from({ length: height }, (_, y) => data.subarray(y * width, (y + 1) * width).reduce((sum, byte) => sum + byte, 0) / width);
/** The ratio of a row's difference from the next one to that from the one after it: above 1 if two fields show two moments. */
function combing(frames: readonly Frame[]): number {
  let [near, far] = [0, 1];
  for (const { data, width, height } of frames) {
    for (let at = 0; at < width * (height - 2); at++) {
      near += Math.abs((data[at] ?? 0) - (data[at + width] ?? 0));
      far += Math.abs((data[at] ?? 0) - (data[at + 2 * width] ?? 0));
    }
  }
  return near / far;
}

needs('ffmpeg').each(BUILDS)('pixels that are not square, with the ffmpeg of $name', ({ path }) => {
  it.each([
    ['anamorphic.mp4', 704, 576, '16:11'], ['narrow.mp4', 480, 576, '1:2'], ['dv-ntsc.dv', 720, 480, '8:9'],
  ] as const)('%s: frames, access units and messages state their shape', async (name, width, height, sampleAspectRatio) => {
    process.env['FFMPEG_PATH'] = path;
    const input = await fieldInput(name);
    const raw = await play<Frame>(input, (gate) => gate, { values: 2 });
    expect(raw.values[0]).toMatchObject({ width, height, sampleAspectRatio });
    const units = await play<EncodedFrame>(input, (gate) => gate.pipe(encodeH265()), { values: 2 });
    expect(units.values[0]).toMatchObject({ width, height, sampleAspectRatio });
    expect(await decodedAs(units.values)).toMatchObject({ width, height, sar: sampleAspectRatio });
    const unfused = await play<EncodedFrame>(input, (gate) => gate.pipe(map((frame) => frame), encodeH265()), { values: 2 });
    expect(await decodedAs(unfused.values)).toMatchObject({ width, height, sar: sampleAspectRatio });
    const broker = memory();
    await lastValueFrom(camera(input).pipe(skipRate(5), encodeJpeg(), toMessage(), publish(broker, { topic: 'video' }), toArray()));
    expect(broker.read('video')[0]?.headers).toMatchObject({ ce_sampleaspectratio: sampleAspectRatio });
  });

  const SIZES: readonly (readonly [string, ResizeConfig, number, number])[] = [
    ['anamorphic.mp4', { width: 320 }, 320, 180], ['anamorphic.mp4', { height: 180 }, 320, 180],
    ['anamorphic.mp4', { width: 320, height: 320 }, 320, 180], ['anamorphic.mp4', { width: 160, height: 160, fit: 'cover' }, 160, 160],
    ['anamorphic.mp4', { width: 160, height: 120, fit: 'fill' }, 160, 120], ['anamorphic.mp4', { width: 2_000 }, 1_024, 576],
    ['narrow.mp4', { width: 120 }, 120, 288], ['dv-ntsc.dv', { width: 320 }, 320, 240],
  ];
  it.each(SIZES)('%s, resize(%j): square pixels, %i x %i', async (name, config, width, height) => {
    process.env['FFMPEG_PATH'] = path;
    const { values } = await play<EncodedFrame>(await fieldInput(name), (gate) => gate.pipe(resize(config), encodeH265()), { values: 2 });
    expect(values[0]).toMatchObject({ width, height });
    expect(values[0]).not.toHaveProperty('sampleAspectRatio');
    expect(await decodedAs(values)).toMatchObject({ width, height, sar: '1:1' });
  });

  it('contain: the picture is in the middle, fused and on frames', async () => {
    process.env['FFMPEG_PATH'] = path;
    const config = { width: 320, height: 320, fit: 'contain' } as const;
    const fused = await play<Frame>(await fieldInput('anamorphic.mp4'), (gate) => gate.pipe(resize(config)), { values: 1 });
    const unfused = await play<Frame>(await fieldInput('anamorphic.mp4'), (gate) => gate.pipe(map((frame) => frame), resize(config)), { values: 1 });
    const [frame] = fused.values as [Frame];
    expect(frame).toMatchObject({ width: 320, height: 320 });
    expect(frame).not.toHaveProperty('sampleAspectRatio');
    expect(unfused.values[0]?.data.equals(frame.data)).toBe(true);
    // 16:9 in a square: 180 rows of picture between 70 of black.
    const bright = rows(frame).map((mean) => mean > 20);
    expect([bright.indexOf(true), bright.lastIndexOf(true)]).toEqual([70, 249]);
  });

  it('squarePixels: false scales the stored pixels, and states their shape', async () => {
    process.env['FFMPEG_PATH'] = path;
    const { values } = await play<EncodedFrame>(await fieldInput('anamorphic.mp4'), (gate) => gate.pipe(resize({ width: 352, squarePixels: false }), encodeH265()), { values: 1 });
    expect(values[0]).toMatchObject({ width: 352, height: 288, sampleAspectRatio: '16:11' });
  });

  it('an impossible shape is ignored', async () => {
    process.env['FFMPEG_PATH'] = path;
    const { values } = await play<EncodedFrame>(await fieldInput('nonsense-shape.mkv'), (gate) => gate.pipe(resize({ height: 60 }), encodeH265()));
    expect(values).toHaveLength(10);
    expect(values[0]).toMatchObject({ width: 80, height: 60 });
  });
});

needs('ffmpeg').each(BUILDS)('interlaced pictures, with the ffmpeg of $name', ({ path }) => {
  it.each([
    ['mbaff.ts', 50, 'H.264, top first'], ['mpeg2-bottom.ts', 25, 'MPEG-2, bottom first'], ['fields265.mp4', 25, 'H.265'],
  ] as const)('%s: one picture without combs for each of %i (%s)', async (name, count: number, _) => {
    process.env['FFMPEG_PATH'] = path;
    const input = await fieldInput(name);
    const whole = await play<Frame>(input, (gate) => gate);
    const stored = await play<Frame>(input, (gate) => gate, { deinterlace: false });
    expect(whole.error).toBeUndefined();
    expect(whole.values.map(({ seq, pts }) => [seq, pts])).toEqual(stored.values.map(({ seq, pts }) => [seq, pts]));
    expect(whole.values).toHaveLength(count);
    expect(whole.stats).toMatchObject({ captured: count, delivered: count, droppedTotal: 0, inFlight: 0 });
    expect(combing(whole.values)).toBeLessThan(0.85 * combing(stored.values));
    for (const steps of [
      (gate: Camera) => gate.pipe(encodeH265({ mode: 'stream' })),
      (gate: Camera) => gate.pipe(skipUnchanged({ threshold: 0.0001 }), encodeH265()),
    ]) {
      const { values, error, stats } = await play<EncodedFrame>(input, steps);
      expect(error).toBeUndefined();
      expect(values).toHaveLength(count);
      expect(stats).toMatchObject({ captured: count, delivered: count, inFlight: 0 });
    }
  });

  it('of DV, which states nothing about its fields, too', async () => {
    process.env['FFMPEG_PATH'] = path;
    const auto = await play<Frame>(await fieldInput('dv-ntsc.avi'), (gate) => gate);
    expect(auto.values).toHaveLength(30);
    expect(auto.of('opened')[0]?.source).toMatchObject({ interlaced: true });
  });

  it('only the pictures that are flagged are changed', async () => {
    process.env['FFMPEG_PATH'] = path;
    const input = await fieldInput('mixed.m2v');
    const auto = (await play<Frame>(input, (gate) => gate)).values;
    const stored = (await play<Frame>(input, (gate) => gate, { deinterlace: false })).values;
    expect(auto).toHaveLength(50);
    const same = auto.map(({ data }, index) => data.equals(stored[index]?.data ?? Buffer.alloc(0)));
    expect(same.slice(0, 25).filter(Boolean)).toEqual([]);
    expect(same.slice(25).filter((one) => !one)).toEqual([]);
  });

  it('a progressive source is unchanged, except with true', async () => {
    process.env['FFMPEG_PATH'] = path;
    const input = await fieldInput('flat264.mp4');
    const [auto, none, all] = await Promise.all(['auto', false, true].map(async (deinterlace) => (
      await play<Frame>(input, (gate) => gate, { deinterlace: deinterlace as 'auto' })
    ).values));
    const isSame = (one: readonly Frame[] = [], other: readonly Frame[] = []) => one.every(({ data }, index) => data.equals(other[index]?.data ?? Buffer.alloc(0)));
    expect([auto?.length, none?.length, all?.length]).toEqual([50, 50, 50]);
    expect([isSame(auto, none), isSame(all, none)]).toEqual([true, false]);
  });
});

needs('ffmpeg')('interlaced access units', () => {
  it('are not reused for decoded pictures; passthrough does not change them', async () => {
    const input = await fieldInput('fields265.mp4');
    const made = await play<EncodedFrame>(input, (gate) => gate.pipe(encodeH265({ mode: 'stream', reuse: true })));
    expect(made.of('encoder').map(({ reason }) => reason)).toEqual(['software, as requested; not reused: the pictures of the source are two fields each']);
    expect(made.values).toHaveLength(25);
    const kept = await play<EncodedFrame>(input, (gate) => gate.pipe(encodeH265({ mode: 'stream', reuse: true })), { deinterlace: false });
    expect(kept.of('encoder').map(({ encoder }) => encoder)).toEqual(['copy']);
    expect((await play<EncodedFrame>(input, (gate) => gate.pipe(passthrough()))).values[0]).toMatchObject({ encoder: 'copy' });
  });
});

needs('ffmpeg', 'python')('a live interlaced source', () => {
  it('is read again from its next picture, one process after the other', async () => {
    const server = await startOddHttp({ mode: 'live', file: await fieldInput('mbaff.ts'), rate: 800_000, head: 'HTTP/1.1 200 OK\r\nContent-Type: video/mp2t\r\n\r\n' });
    const { values, of, error } = await play<Frame>(`http://${server.host}:${server.port}/live.ts`, (gate) => gate, { values: 12 });
    await server.stop();
    expect(error).toBeUndefined();
    expect(values.map(({ seq }) => seq)).toEqual(Array.from({ length: 12 }, (_, index) => index + 1));
    expect(of('connecting')).toHaveLength(1);
    expect(of('opened')).toHaveLength(1);
    const stored = await play<Frame>(await fieldInput('mbaff.ts'), (gate) => gate, { deinterlace: false });
    expect(combing(values)).toBeLessThan(0.85 * combing(stored.values));
  });
});

describe('options', () => {
  it.each([['yes'], [1], [null]])('deinterlace: %j throws at once', (deinterlace) => {
    expect(() => camera('test:', { deinterlace: deinterlace as never })).toThrow(InvalidOption);
    expect(() => camera('test:', { deinterlace: deinterlace as never })).toThrow(`option 'deinterlace': ${JSON.stringify(deinterlace)} given, expected 'auto', true or false`);
  });

  it('squarePixels: 1 throws at once', () => {
    expect(() => resize({ width: 64, squarePixels: 1 as never })).toThrow("resize: option 'squarePixels': 1 given");
  });
});
