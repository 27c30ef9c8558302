/** The stream that is read: cover art is not video, and of several streams the largest is read. */
import { afterEach, expect, it } from 'vitest';
import {
  type Camera, type CameraConfig, type EncodedFrame, type Frame, InvalidOption, camera, encodeH265, encodeJpeg, passthrough, skipUnchanged,
} from '../../src/index.js';
import { fieldInput, needs, startOddHttp, startRtspServer } from '../services/index.js';
import { BUILDS } from '../real/ffmpeg/builds.js';
import { decodedAs, play } from './played.js';

const before = process.env['FFMPEG_PATH'];
afterEach(() => {
  if (before === undefined) delete process.env['FFMPEG_PATH'];
  else process.env['FFMPEG_PATH'] = before;
});

const SUB = { width: 320, height: 180 };
const MAIN = { width: 640, height: 360 };
const THERE = 'the source has 2 video streams: 0 (h264, 320x180, 10 fps), 1 (h264, 640x360, 25 fps)';

needs('ffmpeg').each(BUILDS)('with the ffmpeg of $name', ({ path }) => {
  it.each(['song.m4a', 'song.mp3', 'song.flac', 'song.mkv'])('%s has no video: NO_VIDEO, for every output', async (name) => {
    process.env['FFMPEG_PATH'] = path;
    const input = await fieldInput(name);
    for (const played of [
      await play<Frame>(input, (gate) => gate),
      await play<EncodedFrame>(input, (gate) => gate.pipe(encodeH265())),
      await play<EncodedFrame>(input, (gate) => gate.pipe(encodeJpeg())),
      await play<EncodedFrame>(input, (gate) => gate.pipe(passthrough())),
      await play<EncodedFrame>(input, (gate) => gate.pipe(encodeH265({ mode: 'stream', reuse: true }))),
    ]) {
      expect(played.error).toMatchObject({ code: 'NO_VIDEO' });
      expect(played.values).toEqual([]);
    }
  });

  it.each(['film-with-cover.mp4', 'cover-first.mp4'])('%s is a film, and its cover is not', async (name) => {
    process.env['FFMPEG_PATH'] = path;
    const { values, of, error } = await play<EncodedFrame>(await fieldInput(name), (gate) => gate.pipe(encodeH265()));
    expect(error).toBeUndefined();
    expect(values).toHaveLength(10);
    expect(values[0]).toMatchObject({ width: 160, height: 120 });
    expect(of('warning')).toEqual([]);
  });

  it.each([
    ['by default', {}, MAIN, 50, 1], ["'largest'", { stream: 'largest' }, MAIN, 50, 1], ["'first'", { stream: 'first' }, SUB, 20, 0],
    ['number 0', { stream: 0 }, SUB, 20, 0], ['number 1', { stream: 1 }, MAIN, 50, 1],
  ] as const)('of a substream and a main stream, %s', async (_, config: CameraConfig, size, count, number) => {
    process.env['FFMPEG_PATH'] = path;
    const input = await fieldInput('submain.ts');
    const outputs = [
      (gate: Camera) => gate.pipe(encodeJpeg()),
      (gate: Camera) => gate.pipe(passthrough()),
      (gate: Camera) => gate.pipe(encodeH265({ mode: 'stream', reuse: true })),
      (gate: Camera) => gate.pipe(skipUnchanged({ threshold: 0.0001 }), encodeJpeg()),
    ];
    for (const steps of Object.keys(config).length === 0 ? outputs : outputs.slice(0, 2)) {
      const { values, of, stats, error } = await play<EncodedFrame>(input, steps, config);
      expect(error).toBeUndefined();
      expect(values).toHaveLength(count);
      expect(values[0]).toMatchObject({ ...size, seq: 1, source: size });
      expect(stats).toMatchObject({ captured: count, delivered: count, droppedTotal: 0 });
      expect(of('opened').map(({ source }) => source)).toEqual([expect.objectContaining(size)]);
      expect(of('warning').map(({ message }) => message)).toEqual([`${THERE}; stream ${number} is used`]);
    }
  });

  it('a number above those of the source: NO_VIDEO, with the streams that exist', async () => {
    process.env['FFMPEG_PATH'] = path;
    const { error } = await play<EncodedFrame>(await fieldInput('flat264.mp4'), (gate) => gate.pipe(encodeH265()), { stream: 1 });
    expect(error).toMatchObject({ code: 'NO_VIDEO', message: expect.stringContaining('has 1 video stream, numbered from 0; the option stream is 1') as string });
  });
});

needs('ffmpeg', 'python')('a live source of a substream and a main stream', () => {
  it.each(BUILDS)('is closed and opened again once, for the main stream, with the ffmpeg of $name', async ({ path }) => {
    process.env['FFMPEG_PATH'] = path;
    const server = await startOddHttp({
      mode: 'live', file: await fieldInput('submain.ts'), rate: 400_000, loop: true, head: 'HTTP/1.1 200 OK\r\nContent-Type: video/mp2t\r\n\r\n',
    });
    const url = `http://${server.host}:${server.port}/live.ts`;
    const first = await play<EncodedFrame>(url, (gate) => gate.pipe(passthrough()), { values: 1, stream: 'first' });
    const requests = server.requests.length;
    const { values: units, of, error } = await play<EncodedFrame>(url, (gate) => gate.pipe(passthrough()), { values: 5 });
    const requestsForLargest = server.requests.length - requests;
    await server.stop();
    expect([first.error, error]).toEqual([undefined, undefined]);
    expect(first.values[0]).toMatchObject(SUB);
    expect(requestsForLargest).toBe(requests + 1);
    expect(units.map(({ seq, width, height }) => ({ seq, width, height }))).toEqual([1, 2, 3, 4, 5].map((seq) => ({ seq, ...MAIN })));
    expect(await decodedAs(units)).toMatchObject({ frames: 5 });
    expect(of('connecting')).toHaveLength(1);
    expect(of('opened').map(({ source }) => source)).toEqual([expect.objectContaining(MAIN)]);
    expect(of('warning').map(({ message }) => message)).toEqual([`${THERE}; stream 1 is used`]);
  });
});

needs('ffmpeg', 'rtsp')('an RTSP server with two videos in one session', () => {
  it.each(BUILDS)('emits the largest, and one warning that lists both, with the ffmpeg of $name', async ({ path }) => {
    process.env['FFMPEG_PATH'] = path;
    const video = (size: string, name: string) => `videotestsrc is-live=true ! video/x-raw,${size},framerate=10/1 ! x264enc tune=zerolatency speed-preset=ultrafast key-int-max=10 ! h264parse config-interval=-1 ! rtph264pay config-interval=-1 name=${name}`;
    const server = await startRtspServer({ launch: `( ${video('width=160,height=120', 'pay0 pt=96')} ${video('width=320,height=240', 'pay1 pt=97')} )` });
    const { values, of, error } = await play<EncodedFrame>(server.url, (gate) => gate.pipe(encodeH265()), { values: 5 });
    await server.stop();
    expect(error).toBeUndefined();
    expect(values.map(({ seq, width, height }) => ({ seq, width, height }))).toEqual([1, 2, 3, 4, 5].map((seq) => ({ seq, width: 320, height: 240 })));
    expect(of('opened')).toHaveLength(1);
    expect(of('warning').map(({ message }) => message).filter((message) => message.includes('streams'))).toEqual([
      'the source has 2 video streams: 0 (h264, 160x120, 10 fps), 1 (h264, 320x240, 10 fps); stream 1 is used',
    ]);
  });
});

it.each([[-1], [1.5], ['second'], [true], [1_000]])('stream: %j throws at once', (stream) => {
  expect(() => camera('test:', { stream: stream as never })).toThrow(InvalidOption);
  expect(() => camera('test:', { stream: stream as never })).toThrow(`option 'stream': ${JSON.stringify(stream)} given`);
});
