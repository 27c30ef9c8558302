/** A file can wait: with a broker that is slow, or away for a while, no picture of it is lost and no more is held than the outbox may. */
import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { encodeH265, redis } from '../../src/index.js';
import { fromRedis } from '../real/consumer/read-back.js';
import { type RedisServer, type TcpProxy, footage, needs, ssim, startRedis, startTcpProxy } from '../services/index.js';
import { Publishing, type PublishingOptions, orderOf, previousOf } from './broker-kit.js';

const PASSWORD = 'p@ss/w:rd#1';
const FRAMES = 250;
const OUTBOX = { maxMessages: 40, maxBytes: 1024 * 1024 };
/** A chunk read from ffmpeg's pipe is handled to its end, even if its pictures are small. */
const READ_AT_ONCE_BYTES = 4 * 64 * 1024;
/** Small requests: a slow broker is felt. */
const PUBLISH = { outbox: OUTBOX, maxInFlight: 4 };
const DELAY_MS = 20;
const QUICK_BROKER = { requestTimeoutMs: 1_000, connectTimeoutMs: 1_000 };

needs('redis', 'ffmpeg')('a file', () => {
  let server: RedisServer;
  let proxy: TcpProxy;
  let clip: string;
  let publishing: Publishing | undefined;

  beforeAll(async () => {
    server = await startRedis({ requirepass: PASSWORD });
    proxy = await startTcpProxy({ port: server.port });
    clip = await footage({ width: 320, height: 180, fps: 25, seconds: FRAMES / 25 });
  });
  afterEach(async () => {
    proxy.delay(0);
    await server.start();
    await publishing?.stop();
    publishing = undefined;
  });
  afterAll(async () => {
    await proxy.stop();
    await server.stop();
  });

  function start(options: PublishingOptions = {}, limits: object = QUICK_BROKER): Publishing {
    const broker = redis({ url: server.url.replace(`:${server.port}`, `:${proxy.port}`), ...limits });
    publishing = new Publishing(broker, `video-${randomUUID()}`, { source: clip, secrets: [PASSWORD], publish: PUBLISH, ...options });
    return publishing;
  }

  async function isWhole(done: Publishing): Promise<void> {
    await done.when('the file is done', () => done.completed);
    expect((await done.stop()).unsent).toBe(0);
    const once = await done.settle(await fromRedis(server.url, done.topic));
    expect(once.map((one) => Number(one.headers['ce_seq']))).toEqual(Array.from({ length: FRAMES }, (_, index) => index + 1));
    expect(once.map(previousOf)).toEqual(once.map((one) => orderOf(one) - 1));
    expect(done.gate.stats).toMatchObject({ captured: FRAMES, published: FRAMES, droppedTotal: 0, reconnects: 0 });
    const { mean, frames } = await ssim(clip, Buffer.concat(once.map(({ value }) => value)));
    expect(frames).toHaveLength(FRAMES);
    expect(mean).toBeGreaterThan(0.93);
  }

  function heldLittle({ most, gate }: Publishing): void {
    const more = Math.max(0, most.messages - OUTBOX.maxMessages / 2);
    expect(more * (gate.stats.bytes / gate.stats.messages)).toBeLessThanOrEqual(READ_AT_ONCE_BYTES);
    expect(most.bytes).toBeLessThanOrEqual(OUTBOX.maxBytes);
  }

  it.each(['frame', 'stream'] as const)('waits for a slow broker, in %s mode: every picture arrives in order, little is held', async (mode) => {
    proxy.delay(DELAY_MS);
    // Access units so large that the pipes never hold the rest of the file.
    const slow = start({ steps: (gate) => gate.pipe(encodeH265({ mode, crf: 10 })) }, {});
    // An encoder on a busy machine is slower than this broker: twice, it takes nothing until the file waits.
    for (let wait = 1; wait <= 2; wait++) {
      await slow.acknowledges(20);
      proxy.pause();
      await slow.when('the file waits', () => slow.of('paused').length > slow.of('resumed').length);
      proxy.resume();
      await slow.when('the file continues', () => slow.of('resumed').length >= slow.of('paused').length);
    }
    await isWhole(slow);
    expect(slow.of('paused').length).toBeGreaterThan(1);
    heldLittle(slow);
  });

  it('waits for a broker that is away: nothing is read meanwhile, and every picture arrives when it is back', async () => {
    const waiting = start();
    await waiting.acknowledges(20);
    await server.kill();
    await waiting.notices();
    await waiting.when('the file waits', () => waiting.of('paused').length > waiting.of('resumed').length);
    // ffmpeg itself continues until its pipes are full.
    let captured: number;
    do {
      captured = waiting.captured;
      const failures = waiting.errors.length;
      await waiting.when('another request fails', () => waiting.errors.length > failures);
    } while (captured !== waiting.captured);
    expect(captured).toBeLessThan(FRAMES);
    expect(waiting.gate.stats.state).toBe('streaming');
    await server.start();
    await isWhole(waiting);
    heldLittle(waiting);
  });

  it('waits for a broker that hangs, and takes nothing twice for new', async () => {
    const waiting = start();
    await waiting.acknowledges(20);
    server.pause();
    try {
      await waiting.notices();
      await waiting.when('the file waits', () => waiting.of('paused').length > waiting.of('resumed').length);
    } finally {
      server.resume();
    }
    await isWhole(waiting);
    heldLittle(waiting);
  });
});
