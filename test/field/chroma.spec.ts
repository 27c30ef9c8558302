/** Rare chroma formats: 4:1:1, 4:1:0, 4:4:0. Every output gets every picture. */
import { afterEach, expect, it } from 'vitest';
import { type Camera, type EncodedFrame, type Frame, encodeH265, encodeJpeg, passthrough, resize, skipUnchanged } from '../../src/index.js';
import { fieldInput, fieldJpegs, needs, startOddHttp } from '../services/index.js';
import { BUILDS } from '../real/ffmpeg/builds.js';
import { decodedAs, play } from './played.js';

const before = process.env['FFMPEG_PATH'];
afterEach(() => {
  if (before === undefined) delete process.env['FFMPEG_PATH'];
  else process.env['FFMPEG_PATH'] = before;
});

const INPUTS = [
  ['4:1:1, DV in AVI', 'dv-ntsc.avi', 30, 720, 480],
  ['4:1:1, DV as it is', 'dv-ntsc.dv', 30, 720, 480],
  ['4:1:0', 'svq1-410.mov', 25, 320, 240],
  ['4:4:0', 'ffv1-440.mkv', 10, 160, 120],
  ['4:1:1 of odd size', 'ffv1-411-odd.mkv', 10, 161, 121],
  ['NV12', 'nv12.nut', 10, 160, 120],
  ['NV21', 'nv21.nut', 10, 160, 120],
  ['P010', 'p010.nut', 10, 160, 120],
] as const;

needs('ffmpeg').each(BUILDS)('with the ffmpeg of $name', ({ path }) => {
  it.each(INPUTS)('%s: every picture, in every output', async (_, name, count, width, height) => {
    process.env['FFMPEG_PATH'] = path;
    const input = await fieldInput(name);
    const even = { width: width - (width % 2), height: height - (height % 2) };
    const raw = await play<Frame>(input, (gate) => gate);
    expect(raw.error).toBeUndefined();
    expect(raw.values).toHaveLength(count);
    expect(raw.values[0]).toMatchObject({ pixelFormat: 'yuv420p', ...even });
    for (const steps of [
      (gate: Camera) => gate.pipe(encodeH265()),
      (gate: Camera) => gate.pipe(resize({ width: 96 }), encodeH265({ mode: 'stream' })),
      (gate: Camera) => gate.pipe(encodeJpeg()),
      (gate: Camera) => gate.pipe(skipUnchanged({ threshold: 0.001 }), encodeH265()),
      // With NV12, ffmpeg crashes on a margin beside a picture that keeps its size.
      (gate: Camera) => gate.pipe(resize({ width: width + 40, height, fit: 'contain' }), encodeJpeg()),
    ]) {
      const { values, error, stats } = await play<EncodedFrame>(input, steps);
      expect(error).toBeUndefined();
      expect(values).toHaveLength(count);
      expect(stats).toMatchObject({ captured: count, delivered: count, inFlight: 0 });
      expect(await decodedAs(values)).toMatchObject({ frames: count });
    }
  }, 120_000);

  it('passthrough refuses DV of 4:1:1: it is neither H.264 nor H.265', async () => {
    process.env['FFMPEG_PATH'] = path;
    const { values, error } = await play<EncodedFrame>(await fieldInput('dv-ntsc.avi'), (gate) => gate.pipe(passthrough()));
    expect(values).toEqual([]);
    expect(error).toMatchObject({ code: 'ENCODER_FAILED', message: expect.stringContaining('dvvideo') as string });
  });
});

needs('ffmpeg', 'python', 'cjpeg')('a camera that sends JPEG of 4:1:1', () => {
  it('gives every picture', async () => {
    const server = await startOddHttp({
      mode: 'mjpeg', files: await fieldJpegs('411'), head: 'HTTP/1.1 200 OK\r\nContent-Type: multipart/x-mixed-replace;boundary=b\r\n\r\n',
      part: '--b\r\nContent-Type: image/jpeg\r\nContent-Length: {len}\r\n\r\n',
    });
    const { values, error } = await play<EncodedFrame>(`http://${server.host}:${server.port}/video`, (gate) => gate.pipe(encodeH265()), { values: 5 });
    await server.stop();
    expect(error).toBeUndefined();
    expect(values.map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5]);
    expect(await decodedAs(values)).toMatchObject({ frames: 5, width: 320, height: 240 });
  });
});
