/** A phone's video that is stored on its side: decoded it is upright, and access units that are passed through state their rotation. */
import { createHash } from 'node:crypto';
import { afterEach, expect, it } from 'vitest';
import { type Camera, type EncodedFrame, type Frame, camera, encodeH265, encodeJpeg, memory, passthrough, publish, resize, snapshot, toMessage } from '../../src/index.js';
import { lastValueFrom, map, toArray } from 'rxjs';
import { fieldInput, needs, run } from '../services/index.js';
import { BUILDS } from '../real/ffmpeg/builds.js';
import { readJpeg } from '../real/ffmpeg/jpeg.js';
import { decodedAs, play } from './played.js';

const before = process.env['FFMPEG_PATH'];
afterEach(() => {
  if (before === undefined) delete process.env['FFMPEG_PATH'];
  else process.env['FFMPEG_PATH'] = before;
});

const digest = (pictures: readonly Buffer[]) => createHash('sha256').update(Buffer.concat(pictures)).digest('hex');
/** Pictures of a file without rotation, through a filter that turns them. */
const turned = async (name: string, filter: string) => digest([await run('ffmpeg', ['-v', 'error', '-i', await fieldInput(name), '-vf', filter, '-pix_fmt', 'yuv420p', '-f', 'rawvideo', '-'])]);

/** The file, its origin, the filter that makes it upright, degrees clockwise, and whether width and height are exchanged. */
const TURNED = [
  ['phone-h264.mp4', 'flat264.mp4', 'transpose=cclock', 270, true],
  ['phone-hevc.mp4', 'flat265.mp4', 'transpose=cclock', 270, true],
  ['phone-180.mp4', 'flat264.mp4', 'hflip,vflip', 180, false],
  ['phone-270.mp4', 'flat264.mp4', 'transpose=clock', 90, true],
] as const;
/** Mirrored, which the ffmpeg of 2018 does not recognise. */
const MIRRORED = [['mirrored-across.mp4', 'flat264.mp4', 'hflip'], ['mirrored-down.mp4', 'flat265.mp4', 'vflip']] as const;

needs('ffmpeg').each(BUILDS)('with the ffmpeg of $name', ({ path, name: build }) => {
  it.each([...TURNED, ...(build === 'PATH' ? MIRRORED : [])])('%s is upright when it is decoded', async (name, flat, filter, _?: number, swaps = false) => {
    process.env['FFMPEG_PATH'] = path;
    const input = await fieldInput(name);
    const size = swaps ? { width: 360, height: 640 } : { width: 640, height: 360 };
    const raw = await play<Frame>(input, (gate) => gate);
    expect(raw.values).toHaveLength(50);
    expect(raw.values[0]).toMatchObject(size);
    expect(raw.values[0]).not.toHaveProperty('rotation');
    expect(digest(raw.values.map(({ data }) => data))).toBe(await turned(flat, filter));
    const small = await play<EncodedFrame>(input, (gate) => gate.pipe(resize({ width: 90 }), encodeH265()));
    expect(small.values[0]).toMatchObject(swaps ? { width: 90, height: 160 } : { width: 90, height: 50 });
    expect(await decodedAs(small.values)).toMatchObject(swaps ? { frames: 50, width: 90, height: 160 } : { frames: 50, width: 90, height: 50 });
  });

  it.each(TURNED)('%s is passed through with its rotation', async (name, _, __, degrees) => {
    process.env['FFMPEG_PATH'] = path;
    const input = await fieldInput(name);
    const { values, of } = await play<EncodedFrame>(input, (gate) => gate.pipe(passthrough({ chunk: 'gop' })));
    expect(values[0]).toMatchObject({ width: 640, height: 360, rotation: degrees, encoder: 'copy' });
    expect(of('opened')[0]?.source).toMatchObject({ width: 640, height: 360, rotation: degrees });
    const broker = memory();
    await lastValueFrom(camera(input, { key: 'gate' }).pipe(passthrough(), toMessage(), publish(broker, { topic: 'video' }), toArray()));
    expect(broker.read('video').map(({ headers }) => headers['ce_rotation'])).toEqual(Array.from({ length: 50 }, () => String(degrees)));
    expect(broker.read('video')[0]?.headers).toMatchObject({ ce_width: '640', ce_height: '360' });
  });

  it.each([['phone-hevc.mp4', 'the source is rotated: its pictures are upright after a turn of 270 degrees', 360, 640], ['mirrored-down.mp4', 'the source is mirrored', 640, 360]] as const)(
    '%s is not reused, and the encoder event has the reason', async (name, why, width, height) => {
      process.env['FFMPEG_PATH'] = path;
      const { values, of } = await play<EncodedFrame>(await fieldInput(name), (gate) => gate.pipe(encodeH265({ mode: 'stream', reuse: true })));
      expect(values).toHaveLength(50);
      expect(values[0]).toMatchObject({ width, height, encoder: 'libx265' });
      expect(of('encoder').map(({ encoder, reason }) => [encoder, reason])).toEqual([['libx265', `software, as requested; not reused: ${why}`]]);
    });
});

needs('ffmpeg')('a clip that is not rotated', () => {
  it.each(['flat264.mp4', 'flat265.mp4'])('%s states no rotation', async (name) => {
    const { values, of } = await play<EncodedFrame>(await fieldInput(name), (gate) => gate.pipe(passthrough()));
    expect(values[0]).not.toHaveProperty('rotation');
    expect(of('warning')).toEqual([]);
    expect((await play<EncodedFrame>(await fieldInput('flat265.mp4'), (gate) => gate.pipe(encodeH265({ mode: 'stream', reuse: true })))).values[0]).toMatchObject({ encoder: 'copy' });
  });
});

needs('ffmpeg')('a clip that is mirrored', () => {
  it('is passed through with a warning, as no rotation describes it', async () => {
    const { values, of } = await play<EncodedFrame>(await fieldInput('mirrored-down.mp4'), (gate) => gate.pipe(passthrough()));
    expect(values).toHaveLength(50);
    expect(values[0]).not.toHaveProperty('rotation');
    expect(of('warning').map(({ message }) => message)).toEqual([expect.stringContaining('mirrored')]);
  });
});

needs('ffmpeg')('a snapshot of a phone\'s clip that is passed through', () => {
  it('is upright', async () => {
    const gate: Camera = camera(await fieldInput('phone-h264.mp4'), { key: 'gate', pace: 'realtime', loop: true });
    const running = gate.pipe(passthrough()).subscribe();
    const jpeg = await snapshot(gate);
    running.unsubscribe();
    expect(readJpeg(jpeg)).toMatchObject({ width: 360, height: 640 });
  });

  it('is the same size as its pictures in user code', async () => {
    const frames = await play<EncodedFrame>(await fieldInput('phone-h264.mp4'), (gate) => gate.pipe(map((frame) => frame), encodeJpeg()), { values: 1 });
    expect(frames.values[0]).toMatchObject({ width: 360, height: 640 });
  });
});
