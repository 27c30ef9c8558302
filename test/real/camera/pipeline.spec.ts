/** The main job on real parts: footage to H.265 messages on each broker, and back. */
import { createHash, randomUUID } from 'node:crypto';
import { lastValueFrom, map, toArray } from 'rxjs';
import { afterEach, describe, expect, it } from 'vitest';
import {
  type Broker, type Camera, type CameraEvent, type EncodeH265Config, type Published, camera, encodeH265, kafka, memory, publish, redis, resize,
  skipRate, toMessage,
} from '../../../src/index.js';
import { countFrames, footage, ledgerBalances, needs, probeStream, sharedKafka, sharedRedis, ssim, threeQuestions } from '../../services/index.js';
import { isWholeIdr, pictures } from '../ffmpeg/h265.js';
import { type Found, fromKafka, fromRedis } from '../consumer/read-back.js';

/** Two seconds at 25 fps, 640x360; every second picture is kept. */
const KEPT = 25;

const open: Broker[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((broker) => broker.close()));
});

interface Job { readonly gate: Camera; readonly acks: readonly Published[]; readonly clip: string }

async function run(broker: Broker, topic: string, encode: EncodeH265Config): Promise<Job> {
  open.push(broker);
  const clip = await footage();
  const gate = camera(clip, { key: 'gate' });
  gate.events$.subscribe((event: CameraEvent) => { balanced(gate, event); });
  const acks = await lastValueFrom(gate.pipe(
    skipRate(2), resize({ width: 320 }), encodeH265(encode), toMessage({ location: 'Warehouse A' }), publish(broker, { topic }), toArray(),
  ));
  return { gate, acks, clip };
}

function balanced(gate: Camera, event: CameraEvent): void {
  try {
    ledgerBalances(gate.stats);
  } catch (error) {
    throw new Error(`after ${event.type}: ${String(error)}`, { cause: error });
  }
}

async function looksRight(found: readonly Found[], { gate, acks, clip }: Job): Promise<void> {
  expect(acks).toHaveLength(found.length);
  expect(found.map((one) => one.headers['ce_inputorder'])).toEqual(acks.map((ack) => String(ack.inputOrder)));
  expect(found.map((one) => one.headers['ce_previousorder'])).toEqual(acks.map((ack) => String(ack.inputOrder - 1)));
  for (const { value, headers, key } of found) {
    expect(headers['ce_sha256']).toBe(createHash('sha256').update(value).digest('hex'));
    expect(headers['content-type']).toBe('video/h265');
    expect(key).toBe('gate');
  }
  const video = Buffer.concat(found.map((one) => one.value));
  expect(await countFrames(video)).toBe(KEPT);
  const { mean, min, frames } = await ssim(clip, video, { filterA: 'select=not(mod(n\\,2))' });
  expect(frames).toHaveLength(KEPT);
  expect(mean).toBeGreaterThan(0.93);
  expect(min).toBeGreaterThan(0.9);
  expect(gate.stats).toMatchObject({ captured: 50, skipped: 25, published: KEPT, inFlight: 0, droppedTotal: 0, delivered: 0 });
  await threeQuestions({ stats: gate.stats });
}

async function eachDecodesAlone(found: readonly Found[]): Promise<void> {
  for (const { value, headers } of found) {
    expect(isWholeIdr(value)).toBe(true);
    expect(headers['ce_keyframe']).toBe('true');
  }
  const one = found[7]?.value as Buffer;
  expect(await countFrames(one)).toBe(1);
  expect(await probeStream(one)).toMatchObject({ codec_name: 'hevc', profile: 'Main', pix_fmt: 'yuv420p', width: 320, height: 180 });
}

describe('camera to the embedded broker', () => {
  it('publishes every kept frame in frame mode: each decodes alone and looks like its source', async () => {
    const broker = memory();
    const job = await run(broker, 'video', { mode: 'frame' });
    const found = broker.read('video');
    await looksRight(found, job);
    await eachDecodesAlone(found);
  });

  it('publishes closed GOPs in stream mode, an access unit a message', async () => {
    const broker = memory();
    const job = await run(broker, 'video', { mode: 'stream', gop: 10 });
    const found = broker.read('video');
    await looksRight(found, job);
    expect(found.map((one) => pictures(one.value))).toEqual(new Array(KEPT).fill(1));
    expect(found.map((one) => one.headers['ce_keyframe'] === 'true')).toEqual(Array.from({ length: KEPT }, (_, n) => n % 10 === 0));
    expect(await countFrames(Buffer.concat(found.slice(10).map((one) => one.value)))).toBe(15);
  });

  it.each([
    ['{ frames: 10 }', { frames: 10 }, [10, 10, 5]],
    ['{ ms: 400 }', { ms: 400 }, [5, 5, 5, 5, 5]],
    ["'gop' of 8", 'gop', [8, 8, 8, 1]],
  ] as const)('publishes chunks of %s, each from a keyframe on', async (_, chunk, sizes) => {
    const broker = memory();
    const job = await run(broker, 'video', { mode: 'stream', chunk, ...(chunk === 'gop' && { gop: 8 }) });
    const found = broker.read('video');
    await looksRight(found, job);
    expect(found.map((one) => pictures(one.value))).toEqual(sizes);
    expect(found.map((one) => one.headers['ce_frames'] ?? '1')).toEqual(sizes.map(String));
    expect(found.every((one) => one.headers['ce_keyframe'] === 'true')).toBe(true);
    for (const { value, headers } of found) expect(await countFrames(value)).toBe(Number(headers['ce_frames'] ?? '1'));
  });

  it('makes the same messages whether its steps are fused or after user code', async () => {
    const clip = await footage();
    const fused = await lastValueFrom(camera(clip).pipe(skipRate({ fps: 10 }), resize({ width: 320 }), encodeH265(), toArray()));
    const gate = camera(clip);
    const unfused = await lastValueFrom(gate.pipe(map((frame) => frame), skipRate({ fps: 10 }), resize({ width: 320 }), encodeH265(), toArray()));
    expect(unfused.map((one) => one.seq)).toEqual(fused.map((one) => one.seq));
    expect(unfused.map((one) => one.data.equals((fused.find((other) => other.seq === one.seq) as { data: Buffer }).data))).toEqual(fused.map(() => true));
    expect(gate.stats).toMatchObject({ captured: 50, skipped: 30, delivered: 20, inFlight: 0, duplicates: 0 });
    await threeQuestions({ stats: gate.stats });
  });

  it('gives raw frames of the form asked for, the same fused and unfused', async () => {
    const clip = await footage();
    const steps = [skipRate(10), resize({ width: 160, height: 90, fit: 'fill' })] as const;
    const fused = await lastValueFrom(camera(clip, { pixelFormat: 'yuv420p' }).pipe(...steps, toArray()));
    const unfused = await lastValueFrom(camera(clip, { pixelFormat: 'yuv420p' }).pipe(map((frame) => frame), ...steps, toArray()));
    expect(fused.map((one) => [one.width, one.height, one.data.length])).toEqual(new Array(5).fill([160, 90, 160 * 90 * 1.5]));
    expect(unfused.map((one) => one.data.equals((fused[unfused.indexOf(one)] as { data: Buffer }).data))).toEqual(new Array(5).fill(true));
    const [gray] = await lastValueFrom(camera(clip, { pixelFormat: 'gray' }).pipe(toArray()));
    expect(gray?.data.length).toBe(640 * 360);
    const [rgb] = await lastValueFrom(camera(clip, { pixelFormat: 'rgb24' }).pipe(toArray()));
    expect(rgb?.data.length).toBe(640 * 360 * 3);
  });

  it('keeps its size when the source changes its resolution, and loses no frame', async () => {
    const clip = await footage({ switchResolution: { width: 1280, height: 720 }, gop: 25, seconds: 4 });
    const gate = camera(clip);
    const events: CameraEvent[] = [];
    gate.events$.subscribe((event) => events.push(event));
    const units = await lastValueFrom(gate.pipe(encodeH265({ mode: 'stream' }), toArray()));
    expect(units.length).toBe(gate.stats.captured);
    expect(new Set(units.map((one) => `${one.width}x${one.height}`))).toEqual(new Set(['640x360']));
    expect(await countFrames(Buffer.concat(units.map((one) => one.data)))).toBe(units.length);
    expect(events.filter((event) => event.type === 'changed').map((event) => [event.width, event.height])).toEqual([[1280, 720], [640, 360]]);
    await threeQuestions({ stats: gate.stats });
  });
});

needs('redis')('camera to Redis', () => {
  it('publishes every kept frame: what is read back decodes and looks like its source', async () => {
    const { url } = await sharedRedis();
    const stream = `video-${randomUUID()}`;
    const job = await run(redis({ url }), stream, { mode: 'frame' });
    const found = await fromRedis(url, stream);
    await looksRight(found, job);
    await eachDecodesAlone(found);
  });
});

needs('kafka')('camera to Kafka', () => {
  it('publishes every kept frame: what is read back decodes and looks like its source', async () => {
    const address = await sharedKafka();
    const topic = `video-${randomUUID()}`;
    const job = await run(kafka({ brokers: [`${address.host}:${address.port}`] }), topic, { mode: 'frame' });
    const found = await fromKafka(address, topic, KEPT);
    await looksRight(found, job);
    await eachDecodesAlone(found);
  });
});
