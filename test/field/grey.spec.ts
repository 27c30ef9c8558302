/** Pictures without colour, black on the left and white on the right, of limited and of full range: black is 0 and white is 255. */
import { lastValueFrom, map, toArray } from 'rxjs';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { type Camera, type EncodedFrame, type Frame, camera, encodeH265, encodeJpeg, resize, skipUnchanged } from '../../src/index.js';
import { BUILDS } from '../real/ffmpeg/builds.js';
import { decodeToRaw, fieldInput, needs, threeQuestions } from '../services/index.js';

const INPUTS = [
  'grey-libx265.mp4', 'grey10-libx265.mp4', 'grey12-libx265.mp4', 'grey-libx264.mp4', 'grey-full-libx265.mp4', 'grey-mjpeg.avi', 'grey-ffv1.mkv',
  'grey-alpha.png', 'grey.jpg',
] as const;

/** A sample of the left half and one of the right, of the first row. */
function ends(data: Buffer, bytes: number): { black: number | undefined; white: number | undefined } {
  return { black: data[40 * bytes], white: data[280 * bytes] };
}

async function first<T extends Frame | EncodedFrame>(gate: Camera, steps: (gate: Camera) => { pipe: unknown }): Promise<T> {
  const values = await lastValueFrom((steps(gate) as Camera).pipe(toArray()));
  await threeQuestions({ stats: gate.stats });
  return values[0] as unknown as T;
}

/** Encoders are sometimes off by one. */
function looksRight({ black, white }: ReturnType<typeof ends>): void {
  expect(black).toBeLessThanOrEqual(1);
  expect(white).toBeGreaterThanOrEqual(254);
}

afterEach(() => { vi.unstubAllEnvs(); });

describe.each(BUILDS)('grey, ffmpeg of $name', ({ path }) => {
  it.each(INPUTS)('%s', async (name) => {
    vi.stubEnv('FFMPEG_PATH', path);
    const clip = await fieldInput(name);
    const rgb = await first<Frame>(camera(clip, { pixelFormat: 'rgb24' }), (gate) => gate);
    expect(ends(rgb.data, 3)).toEqual({ black: 0, white: 255 });
    const grey = await first<Frame>(camera(clip, { pixelFormat: 'gray' }), (gate) => gate);
    expect(ends(grey.data, 1)).toEqual({ black: 0, white: 255 });
    const jpeg = await first<EncodedFrame>(camera(clip), (gate) => gate.pipe(encodeJpeg()));
    looksRight(ends(await decodeToRaw(jpeg.data, { pixelFormat: 'rgb24' }), 3));
    const h265 = await first<EncodedFrame>(camera(clip), (gate) => gate.pipe(encodeH265({ crf: 10 })));
    looksRight(ends(await decodeToRaw(h265.data, { pixelFormat: 'rgb24' }), 3));
  });
});

needs('ffmpeg')('limited grey', () => {
  it('is right after resize and skipUnchanged too', async () => {
    const clip = await fieldInput('grey-libx265.mp4');
    const rgb = await first<Frame>(camera(clip, { pixelFormat: 'bgra' }), (gate) => gate.pipe(skipUnchanged(), resize({ width: 320, height: 120, fit: 'fill' })));
    looksRight(ends(rgb.data, 4));
    const jpeg = await first<EncodedFrame>(camera(clip), (gate) => gate.pipe(skipUnchanged(), resize({ width: 320, height: 120, fit: 'fill' }), encodeJpeg()));
    looksRight(ends(await decodeToRaw(jpeg.data, { pixelFormat: 'rgb24' }), 3));
  });

  it('is right in a separate child', async () => {
    const gate = camera(await fieldInput('grey-libx265.mp4'), { pixelFormat: 'rgb24' });
    const jpeg = await first<EncodedFrame>(gate, () => gate.pipe(map((frame) => frame), encodeJpeg()));
    looksRight(ends(await decodeToRaw(jpeg.data, { pixelFormat: 'rgb24' }), 3));
  });
});
