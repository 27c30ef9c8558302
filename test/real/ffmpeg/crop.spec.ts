/** crop returns the pixels of its rectangle, of every kind of picture and with each ffmpeg; a rectangle outside is one error. */
import { type Observable, lastValueFrom, map, take, toArray } from 'rxjs';
import { afterEach, describe, expect, it } from 'vitest';
import {
  type Camera, type CameraConfig, type CropConfig, type EncodedFrame, type Frame, camera, crop, encodeH265, encodeJpeg, resize, retry, skipUnchanged,
} from '../../../src/index.js';
import { fieldInput, footage, needs, probeStream, threeQuestions } from '../../services/index.js';
import { BUILDS } from './builds.js';

const before = process.env['FFMPEG_PATH'];
afterEach(() => {
  if (before === undefined) delete process.env['FFMPEG_PATH'];
  else process.env['FFMPEG_PATH'] = before;
});

const LEFT_BOTTOM = { left: 0.125, top: 0.5, width: 0.5, height: 0.5 };
const outOfCode = map((frame: Frame) => frame);

async function framesOf(input: string, steps: (gate: Camera) => Observable<Frame>, config: CameraConfig = {}): Promise<Frame[]> {
  const gate = camera(input, config);
  const frames = await lastValueFrom(steps(gate).pipe(take(3), toArray()));
  await threeQuestions({ stats: gate.stats });
  return frames;
}

/** Bytes from pixel to pixel of each plane, and by how much it is smaller than the picture. */
const PLANES: Readonly<Record<string, readonly (readonly [step: number, divisor: number])[]>> = {
  yuv420p: [[1, 1], [1, 2], [1, 2]], nv12: [[1, 1], [2, 2]], gray: [[1, 1]], rgb24: [[3, 1]], bgra: [[4, 1]],
};

/** The bytes of a rectangle of even pixels. */
function cut({ data, width, height, pixelFormat }: Frame, rectangle: CropConfig): Buffer {
  const parts: Buffer[] = [];
  let at = 0;
  for (const [step, divisor] of PLANES[pixelFormat] ?? []) {
    const stride = (width / divisor) * step;
    for (let row = rectangle.top / divisor; row < (rectangle.top + rectangle.height) / divisor; row++) {
      const from = at + row * stride + (rectangle.left / divisor) * step;
      parts.push(data.subarray(from, from + (rectangle.width / divisor) * step));
    }
    at += stride * (height / divisor);
  }
  return Buffer.concat(parts);
}

/** Mean difference of bytes. */
function difference(a: Buffer, b: Buffer): number {
  expect(a.length).toBe(b.length);
  return a.reduce((sum, byte, index) => sum + Math.abs(byte - (b[index] ?? 0)), 0) / a.length;
}

/** In pixels, of a picture. */
function inPixels({ width, height }: Frame, shares: CropConfig): CropConfig {
  const even = (side: number) => 2 * Math.round(side / 2);
  const [left, top] = [even(shares.left * width), even(shares.top * height)];
  return { left, top, width: even((shares.left + shares.width) * width) - left, height: even((shares.top + shares.height) * height) - top };
}

async function isCut(input: string, most: number, config: CameraConfig = {}): Promise<void> {
  const whole = await framesOf(input, (gate) => gate, config);
  const rectangle = inPixels(whole[0] as Frame, LEFT_BOTTOM);
  for (const steps of [
    (gate: Camera) => gate.pipe(crop(LEFT_BOTTOM)), (gate: Camera) => gate.pipe(crop(rectangle)), (gate: Camera) => gate.pipe(outOfCode, crop(LEFT_BOTTOM)),
  ]) {
    const found = await framesOf(input, steps, config);
    expect(found).toHaveLength(whole.length);
    for (const [index, frame] of found.entries()) {
      expect(frame).toMatchObject({ width: rectangle.width, height: rectangle.height });
      expect(difference(frame.data, cut(whole[index] as Frame, rectangle))).toBeLessThanOrEqual(most);
    }
  }
}

describe('crop of pictures in Node', () => {
  it.each(['yuv420p', 'nv12', 'gray'] as const)('returns the bytes of the rectangle, as %s', async (pixelFormat) => {
    await isCut(await footage(), 0, { pixelFormat });
  });

  // The colours of neighbours outside the rectangle have a part in those at its edges.
  it.each(['rgb24', 'bgra'] as const)('returns the pixels of the rectangle, as %s', async (pixelFormat) => {
    await isCut(await footage(), 0.5, { pixelFormat });
  });
});

needs('ffmpeg').each(BUILDS)('with the ffmpeg of $name', ({ path }) => {
  it.each([
    'dv-ntsc.avi', 'svq1-410.mov', 'ffv1-440.mkv', 'ffv1-411-odd.mkv', 'nv12.nut', 'p010.nut', 'phone-h264.mp4', 'phone-180.mp4',
  ])('cuts %s where it is cut once it is decoded, and encodes that', async (name) => {
    process.env['FFMPEG_PATH'] = path;
    const input = await fieldInput(name);
    await isCut(input, 2);
    const rectangle = inPixels((await framesOf(input, (gate) => gate))[0] as Frame, LEFT_BOTTOM);
    for (const steps of [
      (gate: Camera) => gate.pipe(crop(LEFT_BOTTOM), encodeH265()), (gate: Camera) => gate.pipe(crop(LEFT_BOTTOM), encodeJpeg()),
      (gate: Camera) => gate.pipe(crop(LEFT_BOTTOM), skipUnchanged({ threshold: 0.001 }), encodeH265()),
      (gate: Camera) => gate.pipe(skipUnchanged({ threshold: 0.001 }), crop(LEFT_BOTTOM), encodeH265()),
      (gate: Camera) => gate.pipe(outOfCode, crop(LEFT_BOTTOM), encodeH265()),
    ]) {
      const [first] = await framesOf(input, steps as unknown as (gate: Camera) => Observable<Frame>) as unknown as EncodedFrame[];
      expect(first).toMatchObject({ width: rectangle.width, height: rectangle.height });
      expect(await probeStream(first?.data as Buffer)).toMatchObject({ width: rectangle.width, height: rectangle.height });
    }
  }, 120_000);
});

describe('a rectangle that the picture does not have', () => {
  it.each([
    ['in the camera\'s process', (gate: Camera) => gate.pipe(crop({ left: 600, top: 0, width: 64, height: 64 }))],
    ['on frames out of user code', (gate: Camera) => gate.pipe(outOfCode, crop({ left: 600, top: 0, width: 64, height: 64 }))],
    ['behind a resize', (gate: Camera) => gate.pipe(resize({ width: 640, height: 360 }), crop({ left: 600, top: 0, width: 64, height: 64 }))],
    ['before an encoder', (gate: Camera) => gate.pipe(crop({ left: 600, top: 0, width: 64, height: 64 }), encodeH265())],
    ['with a retry, which does not try it again', (gate: Camera) => gate.pipe(crop({ left: 600, top: 0, width: 64, height: 64 }), encodeH265(), retry(0))],
  ])('is one clear error %s', async (_, steps) => {
    const gate = camera(await footage());
    await expect(lastValueFrom(steps(gate) as Observable<unknown>)).rejects.toMatchObject({
      code: 'INVALID_OPTION', message: 'crop: {"left":600,"top":0,"width":64,"height":64} given, expected within the pictures, which are 640x360 there',
    });
    await threeQuestions({ stats: gate.stats });
  });
});

it('cuts the same out of a camera that changes its resolution, and loses no picture', async () => {
  const gate = camera(await footage({ switchResolution: { width: 320, height: 180 }, gop: 25, seconds: 4 }));
  const units = await lastValueFrom(gate.pipe(crop({ left: 400, top: 200, width: 240, height: 160 }), encodeH265(), toArray()));
  expect(new Set(units.map(({ width, height }) => `${width}x${height}`))).toEqual(new Set(['240x160']));
  expect(gate.stats).toMatchObject({ captured: units.length, delivered: units.length });
  await threeQuestions({ stats: gate.stats });
});

it.each([
  ['the whole picture is', { left: 0, top: 0, width: 1, height: 1 }, 'copy', /^reused: /],
  ['a part of the picture is not', LEFT_BOTTOM, 'libx265', /not reused: the source is 640x360, and 320x180 is requested$/],
])('%s sent as the source has encoded it, where that is allowed', async (_, rectangle, encoder, reason) => {
  const gate = camera(await footage({ codec: 'h265' }));
  const chosen: unknown[] = [];
  gate.events$.subscribe((event) => { if (event.type === 'encoder') chosen.push({ encoder: event.encoder, reason: event.reason }); });
  const units = await lastValueFrom(gate.pipe(crop(rectangle), encodeH265({ mode: 'stream', reuse: true }), toArray()));
  expect(units).toHaveLength(50);
  expect(chosen).toEqual([{ encoder, reason: expect.stringMatching(reason) as string }]);
  await threeQuestions({ stats: gate.stats });
});
