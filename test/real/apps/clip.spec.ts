/** Clips, decoded pictures and recordings out of real brokers: there and back. */
import { mkdtempSync } from 'node:fs';
import { randomUUID } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { lastValueFrom, take, toArray } from 'rxjs';
import { afterEach, expect, it } from 'vitest';
import {
  type Broker, camera, clip, decode, encodeH265, encodeJpeg, kafka, memory, passthrough, publish, record, redis, snapshot, subscribe, toMessage, verify,
} from '../../../src/index.js';
import { countFrames, footage, needs, noFfmpegLeft, probePackets, probeStream, sharedKafka, sharedRedis } from '../../services/index.js';

const open: Broker[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((broker) => broker.close()));
});
const opened = <B extends Broker>(broker: B): B => { open.push(broker); return broker; };

const BROKERS: readonly [string, () => Promise<Broker>][] = [
  ['memory', () => Promise.resolve(opened(memory()))],
  ['redis', async () => opened(redis({ url: (await sharedRedis()).url }))],
  ['kafka', async () => opened(kafka({ brokers: [((at) => `${at.host}:${at.port}`)(await sharedKafka())] }))],
];
const file = () => join(mkdtempSync(join(tmpdir(), 'rxcam-test-clip-')), 'clip.mp4');

needs('ffmpeg', 'redis', 'kafka').each(BROKERS)('out of %s', (_, brokerOf) => {
  it.each([
    ['frame mode', encodeH265()],
    ['chunks', encodeH265({ mode: 'stream', chunk: { frames: 6 } })],
    ['JPEG', encodeJpeg()],
    ["the source's own", passthrough()],
  ])('comes every picture of %s, as it was sent', async (__, encode) => {
    const broker = await brokerOf();
    const topic = `round-${randomUUID()}`;
    const gate = camera(await footage({ width: 320, height: 180 }), { key: 'gate' });
    const acks = await lastValueFrom(gate.pipe(encode as ReturnType<typeof encodeH265>, toMessage(), publish(broker, { topic }), toArray()));
    const received$ = subscribe(broker, { topic, key: 'gate', from: 'earliest' }).pipe(take(acks.length), verify());
    const pictures = await lastValueFrom(received$.pipe(decode({ pixelFormat: 'gray' }), toArray()));
    expect(pictures.map(({ seq }) => seq)).toEqual(Array.from({ length: 50 }, (___, index) => index + 1));
    expect(pictures.map(({ pts }) => pts)).toEqual(Array.from({ length: 50 }, (___, index) => index * 40_000));
    expect(pictures.every(({ camera: name, data }) => name === 'gate' && data.length === 320 * 180)).toBe(true);
    await noFfmpegLeft();
  });

  it('comes a clip that begins at the keyframe before its beginning', async () => {
    const broker = await brokerOf();
    const topic = `clip-${randomUUID()}`;
    const gate = camera(await footage({ width: 320, height: 180 }), { key: 'gate', pace: 'realtime' });
    await lastValueFrom(gate.pipe(encodeH265({ mode: 'stream', gop: 20 }), toMessage(), publish(broker, { topic }), toArray()));
    const sent = await lastValueFrom(subscribe(broker, { topic, key: 'gate', from: 'earliest' }).pipe(take(50), toArray()));
    const at = (index: number) => sent[index]?.capturedAt ?? 0;
    const to = file();
    // On a busy machine the 46th picture and the next may be decoded in the same ms.
    const pictures = sent.slice(20).filter((_one, index) => at(20 + index) <= at(45)).length;
    expect(pictures).toBeGreaterThanOrEqual(26);
    const made = await clip(broker, { topic, key: 'gate', from: at(30), to: at(45), file: to });
    expect(made).toMatchObject({ codec: 'h265', width: 320, height: 180, from: at(20), pictures, gaps: [] });
    expect(made.to).toBe(at(45));
    expect(await countFrames(to)).toBe(pictures);
    expect((await probePackets(to))[0]?.keyframe).toBe(true);
    const jpeg = await snapshot(subscribe(broker, { topic, key: 'gate', from: 'earliest' }));
    expect(await probeStream(jpeg)).toMatchObject({ codec_name: 'mjpeg', width: 320, height: 180 });
    await expect(snapshot(subscribe(broker, { topic, key: 'nobody', from: 'earliest', to: 'latest' }))).rejects.toMatchObject({ code: 'NO_VIDEO' });
    const nowhere = join(file(), 'none', 'clip.mp4');
    await expect(clip(broker, { topic, key: 'gate', from: at(30), to: at(45), file: nowhere })).rejects.toMatchObject({ code: 'RECORDING_FAILED' });
    await expect(clip(broker, { topic, key: 'nobody', from: at(30), to: at(45), file: file() })).rejects.toMatchObject({ code: 'NO_VIDEO' });
    await noFfmpegLeft();
  });

  it('comes a recording of several keys side by side', async () => {
    const broker = await brokerOf();
    const topic = `record-${randomUUID()}`;
    const clipPath = await footage({ width: 320, height: 180 });
    await Promise.all(['north', 'south'].map((key) => lastValueFrom(
      camera(clipPath, { key }).pipe(encodeH265({ mode: 'stream' }), toMessage(), publish(broker, { topic }), toArray()))));
    const folder = mkdtempSync(join(tmpdir(), 'rxcam-test-record-'));
    const received$ = subscribe(broker, { topic, from: 'earliest' }).pipe(take(100), verify());
    const events = await lastValueFrom(received$.pipe(record(folder), toArray()));
    const closed = events.filter((event) => event.type === 'closed');
    expect(closed.map(({ key, pictures }) => `${key} ${pictures}`).sort()).toEqual(['north 50', 'south 50']);
    for (const { file: path } of closed) expect(await countFrames(path)).toBe(50);
    await noFfmpegLeft();
  });
});

it.each([
  [{ topic: '' }, /topic/], [{ from: 5, to: 4 }, /^clip: option 'from': .{1,40} given, expected 'from' before 'to'$/], [{ from: 'yesterday' }, /from/], [{ bogus: 1 }, /bogus/],
])('refuses %j', async (given, message) => {
  const config = { topic: 't', key: 'k', from: 0, to: 1, file: 'f.mp4', ...given } as never;
  await expect(clip(opened(memory()), config)).rejects.toThrow(message);
});
