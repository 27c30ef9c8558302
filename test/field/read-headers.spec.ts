/** The metadata of messages is kept when they are read: rotation, hidden pictures, the keyframe. */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { type OperatorFunction, filter, lastValueFrom, toArray } from 'rxjs';
import { afterEach, expect, it, vi } from 'vitest';
import {
  type Camera, type EncodedFrame, type Frame, type MemoryBroker, camera, clip, decode, encodeH265, memory, passthrough, publish, record, subscribe, toMessage, verify,
} from '../../src/index.js';
import { countFrames, fieldInput, footage, needs, noFfmpegLeft, temporaryFolder } from '../services/index.js';
import type { BrokerHandle } from '../../src/broker/index.js';
import type { ReadRequest, Reader } from '../../src/broker/reader.js';
import { readJpeg } from '../real/ffmpeg/jpeg.js';

const brokers: MemoryBroker[] = [];
afterEach(async () => {
  await Promise.all(brokers.splice(0).map((broker) => broker.close()));
  await noFfmpegLeft();
});

async function sent(gate: Camera, encode: OperatorFunction<Frame, EncodedFrame>): Promise<MemoryBroker> {
  const broker = memory({ maxMessages: 10_000 });
  brokers.push(broker);
  await lastValueFrom(gate.pipe(encode, toMessage(), publish(broker, { topic: 'video' }), toArray()));
  return broker;
}
const messages = (broker: MemoryBroker) => subscribe(broker, { topic: 'video', from: 'earliest', to: 'latest' }).pipe(verify());
const copied = (config: Parameters<typeof passthrough>[0] = {}) => passthrough(config) as OperatorFunction<Frame, EncodedFrame>;
const digest = (frames: readonly { readonly data: Buffer }[]) => createHash('sha256').update(Buffer.concat(frames.map(({ data }) => data))).digest('hex');
const played = (path: string) => lastValueFrom(camera(path, { key: 'gate' }).pipe(toArray()));

needs('ffmpeg')('a message', () => {
  it.each([['phone-h264.mp4', true], ['phone-hevc.mp4', true], ['phone-180.mp4', false], ['phone-270.mp4', true]])('of %s is decoded upright, by its rotation', async (name, swaps) => {
    const path = await fieldInput(name);
    const size = swaps ? { width: 360, height: 640 } : { width: 640, height: 360 };
    const broker = await sent(camera(path, { key: 'gate' }), copied());
    const pictures = await lastValueFrom(messages(broker).pipe(decode(), toArray()));
    const own = await played(path);
    expect(pictures.map(({ pts, width, height }) => ({ pts, width, height }))).toEqual(own.map(({ pts }) => ({ pts, ...size })));
    // Numbered as they were sent: with B-frames not in the order in which they are shown.
    expect(pictures.map(({ seq }) => seq).sort((a, b) => a - b)).toEqual(own.map(({ seq }) => seq));
    expect(digest(pictures)).toBe(digest(own));
    const small = await lastValueFrom(messages(broker).pipe(decode({ pixelFormat: 'jpeg', size: { height: 320 } }), toArray()));
    expect(small).toHaveLength(50);
    expect(readJpeg(small[0]?.data as Buffer)).toMatchObject(swaps ? { width: 180, height: 320 } : { width: 568, height: 320 });
  });

  it.each([['one for each access unit', {}], ['chunks', { chunk: { frames: 25 } }], ['GOPs', { chunk: 'gop' }]] as const)(
    'of a file that hides its first pictures gives those that are shown, each with its seq and time (%s)', async (_, config) => {
      const path = await fieldInput('cut4.mp4');
      const broker = await sent(camera(path, { key: 'gate' }), copied(config));
      const own = await played(path);
      expect(own).toHaveLength(400);
      const left: string[] = [];
      const pictures = await lastValueFrom(messages(broker).pipe(decode({ onUndecoded: (one, count, reason) => { left.push(`${one.inputOrder} ${count} ${reason}`); } }), toArray()));
      expect(left).toEqual([]);
      expect(pictures.map(({ seq, pts }) => [seq, pts])).toEqual(own.map(({ pts }, index) => [index + 101, pts]));
      expect(digest(pictures)).toBe(digest(own));
      const files = await lastValueFrom(messages(broker).pipe(record(temporaryFolder('hidden')), filter((event) => event.type === 'closed'), toArray()));
      expect(files.map((file) => file.pictures)).toEqual([500]);
    });

  it('names its keyframe: a clip begins there after one search, even if it is far away', async () => {
    const gate = camera(await footage({ width: 160, height: 90, seconds: 4 }), { key: 'gate', pace: 'realtime' });
    const broker = await sent(gate, encodeH265({ mode: 'stream', gop: 100 }) as OperatorFunction<Frame, EncodedFrame>);
    const received = await lastValueFrom(messages(broker).pipe(toArray()));
    const times = received.flatMap((one) => (one.verdict === 'gap' ? [] : [one.capturedAt ?? 0]));
    const [first = 0, from = 0, to = 0] = [times[0], times[80], times[95]];
    expect(from - first).toBeGreaterThan(2_500);
    const reader = vi.spyOn((broker as unknown as BrokerHandle).driver() as { reader(request: ReadRequest): Reader }, 'reader');
    const file = join(temporaryFolder('clip'), 'gate.mp4');
    const made = await clip(broker, { topic: 'video', key: 'gate', from, to, file });
    const begins = new Set(reader.mock.calls.map(([request]) => Number(request.from)));
    expect([...begins].sort((a, b) => a - b)).toEqual([first, from - 2_000]);
    expect(made).toMatchObject({ from: first, to, gaps: [] });
    expect(await countFrames(file)).toBe(made.pictures);
    expect(made.pictures).toBeGreaterThanOrEqual(96);
  });
});
