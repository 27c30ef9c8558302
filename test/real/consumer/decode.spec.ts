/** The input of each encoder is the output of `decode`: each picture with its own seq, time and looks. */
import { type Observable, from, lastValueFrom, map, of, concat, toArray } from 'rxjs';
import { expect, it } from 'vitest';
import { type EncodedFrame, type ReceivedFrame, camera, decode, encodeH265, encodeJpeg, passthrough, resize, skipRate } from '../../../src/index.js';
import type { Decodable } from '../../../src/consumer/decoding/index.js';
import { ffmpegChildren, footage, needs, noFfmpegLeft, ssim } from '../../services/index.js';

/** As a broker would hand it on. */
function received(frames: readonly EncodedFrame[]): Decodable[] {
  return frames.map(({ camera: name, ...frame }, index) => ({ ...frame, camera: name, topic: 'video', key: name, inputOrder: index + 1, timestamp: frame.capturedAt }));
}

async function sent(units$: Observable<EncodedFrame>): Promise<EncodedFrame[]> {
  return lastValueFrom(units$.pipe(map(({ data, ...frame }) => ({ ...frame, data: Buffer.from(data) })), toArray()));
}

const facts = (frames: readonly { seq: number; pts: number; capturedAt: number }[]) => frames.map(({ seq, pts, capturedAt }) => ({ seq, pts, capturedAt }));
const picturesOf = (frames: readonly EncodedFrame[]) => frames.flatMap((frame) => frame.pictures ?? [frame]);

async function decoded(frames: readonly EncodedFrame[], size?: { width: number }): Promise<ReceivedFrame[]> {
  return lastValueFrom(from(received(frames)).pipe(decode({ pixelFormat: 'rgb24', size }), toArray()));
}

needs('ffmpeg')('decode', () => {
  it.each([
    ['frame mode', encodeH265({ mode: 'frame' })],
    ['stream mode', encodeH265({ mode: 'stream', gop: 10 })],
    ['chunks of frames', encodeH265({ mode: 'stream', chunk: { frames: 7 } })],
    ['chunks of ms', encodeH265({ mode: 'stream', chunk: { ms: 300 } })],
    ['JPEG', encodeJpeg()],
  ])('gives every picture of %s with its seq, pts and time', async (_, encode) => {
    const clip = await footage({ width: 320, height: 180 });
    const frames = await sent(camera(clip, { key: 'gate' }).pipe(skipRate(2), encode as ReturnType<typeof encodeH265>));
    const pictures = await decoded(frames);
    expect(pictures).toHaveLength(25);
    expect(facts(pictures)).toEqual(facts(picturesOf(frames)));
    expect(pictures.map(({ inputOrder }) => inputOrder)).toEqual(frames.flatMap((frame, index) => Array.from({ length: frame.frames }, () => index + 1)));
    expect(new Set(pictures.map(({ width, height, data }) => `${width}x${height} ${data.length}`))).toEqual(new Set(['320x180 172800']));
    await noFfmpegLeft();
  });

  it.each([0, 3])('gives passed-through pictures with %i B-frames in the order in which they are shown, each with its own', async (bframes) => {
    const clip = await footage({ width: 320, height: 180, bframes });
    for (const chunk of [undefined, 'gop'] as const) {
      const frames = await sent(camera(clip, { key: 'gate' }).pipe(passthrough({ ...(chunk && { chunk }) })));
      const pictures = await decoded(frames);
      const byTime = [...facts(picturesOf(frames))].sort((a, b) => a.pts - b.pts);
      expect(facts(pictures)).toEqual(byTime);
      const raw = Buffer.concat(pictures.map(({ data }) => data));
      expect(raw.length).toBe(50 * 320 * 180 * 3);
    }
  });

  it('hands JPEG on as it was sent where JPEG is wanted, and makes it smaller where that is', async () => {
    const frames = await sent(camera(await footage({ width: 320, height: 180 }), { key: 'gate' }).pipe(skipRate(10), encodeJpeg()));
    const whole = await lastValueFrom(from(received(frames)).pipe(decode({ pixelFormat: 'jpeg' }), toArray()));
    expect(whole.map(({ data }) => data)).toEqual(frames.map(({ data }) => data));
    expect(facts(whole)).toEqual(facts(frames));
    const smaller = await lastValueFrom(from(received(frames)).pipe(decode({ pixelFormat: 'jpeg', size: { width: 160 } }), toArray()));
    expect(smaller.map(({ width, height, codec }) => `${width}x${height} ${codec}`)).toEqual(frames.map(() => '160x90 jpeg'));
    await noFfmpegLeft();
  });

  it('turns pictures upright, and does not show hidden ones', async () => {
    const frames = await sent(camera(await footage({ width: 320, height: 180 }), { key: 'gate' }).pipe(encodeH265({ mode: 'stream', gop: 10 })));
    const turned = frames.map((frame, index): EncodedFrame => ({ ...frame, rotation: 90, ...(index < 12 && { hidden: 1 }) }));
    const pictures = await decoded(turned);
    expect(pictures.map(({ seq }) => seq)).toEqual(frames.slice(12).map(({ seq }) => seq));
    expect(new Set(pictures.map(({ width, height }) => `${width}x${height}`))).toEqual(new Set(['180x320']));
    await noFfmpegLeft();
  });

  it('starts another decoder at a change of size and of codec, in order', async () => {
    const clip = await footage({ width: 320, height: 180 });
    const small = await sent(camera(clip, { key: 'gate' }).pipe(skipRate(10), resize({ width: 160 }), encodeH265()));
    const jpeg = await sent(camera(clip, { key: 'gate' }).pipe(skipRate(10), encodeJpeg()));
    const pictures = await decoded([...small, ...jpeg, ...small]);
    expect(pictures.map(({ width, seq }) => `${width} ${seq}`)).toEqual(
      [...small.map(({ seq }) => `160 ${seq}`), ...jpeg.map(({ seq }) => `320 ${seq}`), ...small.map(({ seq }) => `160 ${seq}`)]);
    await noFfmpegLeft();
  });

  it('looks as what was sent', async () => {
    const clip = await footage({ width: 320, height: 180 });
    const frames = await sent(camera(clip, { key: 'gate' }).pipe(encodeH265({ mode: 'stream', crf: 18 })));
    const jpegs = await lastValueFrom(from(received(frames)).pipe(decode({ pixelFormat: 'jpeg', quality: 95 }), toArray()));
    expect(jpegs.every(({ codec }) => codec === 'jpeg')).toBe(true);
    const { mean } = await ssim(clip, Buffer.concat(jpegs.map(({ data }) => data)));
    expect(mean).toBeGreaterThan(0.93);
  });

  it('leaves out the messages before the first keyframe, and reports them', async () => {
    const clip = await footage({ width: 320, height: 180 });
    const frames = await sent(camera(clip, { key: 'gate' }).pipe(encodeH265({ mode: 'stream', gop: 10 })));
    const undecoded: string[] = [];
    const pictures = await lastValueFrom(from(received(frames.slice(5))).pipe(
      decode({ onUndecoded: ({ inputOrder }, pictures_, reason) => { undecoded.push(`${inputOrder} ${pictures_} ${reason}`); } }), toArray()));
    expect(pictures.map(({ seq }) => seq)).toEqual(frames.slice(10).map(({ seq }) => seq));
    expect(undecoded).toEqual([1, 2, 3, 4, 5].map((order) => `${order} 1 there was no keyframe before it`));
  });

  it('starts again at a keyframe when its ffmpeg is killed', async () => {
    const clip = await footage({ width: 320, height: 180 });
    const frames = await sent(camera(clip, { key: 'gate' }).pipe(encodeH265({ mode: 'stream', gop: 5 })));
    const seqs: number[] = [];
    let undecoded = 0;
    await new Promise<void>((resolve, reject) => {
      let killed = false;
      concat(from(received(frames))).pipe(
        decode({ onUndecoded: (_, count) => { undecoded += count; } }),
      ).subscribe({
        next: ({ seq }) => {
          seqs.push(seq);
          if (!killed) for (const pid of ffmpegChildren()) process.kill(pid, 'SIGKILL');
          killed = true;
        },
        error: reject, complete: resolve,
      });
    });
    expect(seqs.length + undecoded).toBe(50);
    expect(seqs).toEqual([...seqs].sort((a, b) => a - b));
    await noFfmpegLeft();
  });

  it('completes without a message', async () => {
    expect(await lastValueFrom(of<Decodable>().pipe(decode(), toArray()))).toEqual([]);
  });
});
