/** Faults of Redis while a camera publishes to it: it dies, hangs, fills up, refuses; the camera continues. */
import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { type Broker, encodeH265, redis } from '../../src/index.js';
import { fromRedis } from '../real/consumer/read-back.js';
import { type RedisServer, needs, startRedis, startRtspServer } from '../services/index.js';
import { Publishing, type PublishingOptions, orderOf, previousOf, watchProcess } from './broker-kit.js';

const PASSWORD = 'p@ss/w:rd#1 %';
const WRONG = 'wrong-secret?&';
/** Scaled down from 10 s. */
const QUICK_BROKER = { requestTimeoutMs: 1_000, connectTimeoutMs: 1_000 };

needs('redis', 'ffmpeg')('redis', () => {
  let server: RedisServer;
  let client: Redis;
  let watching: ReturnType<typeof watchProcess>;
  const open: Publishing[] = [];

  beforeAll(async () => {
    server = await startRedis({ requirepass: PASSWORD });
    client = new Redis(server.url);
    client.on('error', () => { /* The server is away: it comes back. */ });
    watching = watchProcess();
  });
  afterEach(async () => {
    await Promise.all(open.splice(0).map((one) => one.stop()));
    expect(watching.seen).toEqual([]);
  });
  afterAll(async () => {
    watching.stop();
    client.disconnect();
    await server.stop();
  });

  function start(broker: Broker, options: PublishingOptions = {}): Publishing {
    const publishing = new Publishing(broker, `video-${randomUUID()}`, { secrets: [PASSWORD, WRONG], ...options });
    open.push(publishing);
    return publishing;
  }
  const handle = (options: object = {}) => redis({ url: server.url, ...QUICK_BROKER, ...options });
  const read = ({ topic }: Publishing) => fromRedis(server.url, topic);
  const finish = async (publishing: Publishing, expected = {}) => {
    expect((await publishing.stop()).unsent).toBe(0);
    return publishing.settle(await read(publishing), expected);
  };

  it('is killed and started again: what waited is sent in order, nothing is lost', async () => {
    const publishing = start(handle());
    await publishing.acknowledges(10);
    await server.kill();
    expect((await publishing.notices()).code).toBe('BROKER_UNAVAILABLE');
    await publishing.captures(25);
    await publishing.when('they wait in the outbox', () => publishing.broker.state.outbox.messages > 20);
    await server.start();
    await publishing.drains();
    await publishing.acknowledges(10);
    await finish(publishing);
    expect(publishing.lost).toBe(0);
  });

  it('hangs with its connections open, and continues: what it wrote late is recognised by its id', async () => {
    const publishing = start(handle());
    await publishing.acknowledges(10);
    server.pause();
    try {
      expect((await publishing.notices()).message).toMatch(/timed out|timeout|no answer/i);
      await publishing.captures(40);
    } finally {
      server.resume();
    }
    await publishing.drains();
    await publishing.acknowledges(10);
    await finish(publishing);
    expect(publishing.lost).toBe(0);
  });

  it('is out of memory until it gets some: OOM is reported and retried, nothing is lost', async () => {
    const publishing = start(handle());
    await publishing.acknowledges(10);
    await client.config('SET', 'maxmemory', '1');
    expect((await publishing.notices()).message).toMatch(/OOM/);
    await publishing.captures(25);
    await client.config('SET', 'maxmemory', '0');
    await publishing.drains();
    await finish(publishing);
    expect(publishing.lost).toBe(0);
  });

  it.each([
    ['has another password', `:${encodeURIComponent(WRONG)}@`, /WRONGPASS/],
    ['wants a password that is not given', '', /NOAUTH/],
  ])('%s: it is said without the password, and tried again until it is let in', async (_, login, says) => {
    const publishing = start(redis({ url: `redis://${login}127.0.0.1:${server.port}`, ...QUICK_BROKER }));
    expect((await publishing.notices()).message).toMatch(says);
    await publishing.captures(20);
    expect(publishing.acks).toEqual([]);
    await client.config('SET', 'requirepass', login === '' ? '' : WRONG);
    try {
      await publishing.drains();
    } finally {
      await client.config('SET', 'requirepass', PASSWORD);
    }
    await finish(publishing);
    expect(publishing.lost).toBe(0);
  });

  it('holds something else under the key: WRONGTYPE is reported, and all is sent when it is gone', async () => {
    const broker = handle();
    const topic = `video-${randomUUID()}`;
    await client.set(topic, 'a string');
    const publishing = new Publishing(broker, topic, { secrets: [PASSWORD] });
    open.push(publishing);
    await publishing.when('an error is reported', () => publishing.errors.length > 0);
    expect(publishing.errors[0]?.message).toMatch(/WRONGTYPE/);
    await publishing.captures(20);
    await client.del(topic);
    await publishing.drains();
    await finish(publishing);
    expect(publishing.lost).toBe(0);
  });

  it('is away for longer than the outbox lasts: the oldest are dropped one by one, counted, and named by the next', async () => {
    const publishing = start(handle(), { publish: { outbox: { maxMessages: 20 } } });
    await publishing.acknowledges(10);
    await server.kill();
    await publishing.when('some are dropped', () => publishing.gate.stats.dropped.outbox >= 15);
    expect(publishing.most.messages).toBeLessThanOrEqual(20);
    await server.start();
    await publishing.drains();
    const once = await finish(publishing);
    expect(publishing.gate.stats.dropped).toMatchObject({ gop: 0, closed: 0 });
    const gaps = once.filter((one) => orderOf(one) > previousOf(one) + 1);
    const missing = gaps.reduce((sum, one) => sum + orderOf(one) - previousOf(one) - 1, 0);
    expect(gaps.length).toBeGreaterThan(0);
    expect(missing).toBe(publishing.lost);
  });

  it('is away for longer than the outbox lasts, in stream mode: whole GOPs go, and the rest decodes', async () => {
    const publishing = start(handle(), { publish: { outbox: { maxMessages: 24 } }, steps: (gate) => gate.pipe(encodeH265({ mode: 'stream', gop: 10 })) });
    await publishing.acknowledges(10);
    await server.kill();
    await publishing.when('GOPs are dropped', () => publishing.gate.stats.dropped.outbox >= 3);
    await server.start();
    await publishing.drains();
    await publishing.acknowledges(10);
    await finish(publishing);
    const { outbox, gop } = publishing.gate.stats.dropped;
    expect(gop).toBeGreaterThan(outbox);
  });

  needs('rtsp')('and the camera', () => {
    it('are both away at once: each comes back by itself, numbers continue, the ledger balances', async () => {
      const source = await startRtspServer({ width: 160, height: 120, fps: 25, gop: 5 });
      try {
        const publishing = start(handle(), { source: source.url });
        await publishing.acknowledges(10);
        await Promise.all([server.kill(), source.kill()]);
        await publishing.notices();
        await publishing.when('the camera has failed', () => publishing.of('failed').length > 0);
        await Promise.all([server.start(), source.start()]);
        await publishing.when('the camera is back', () => publishing.of('recovered').length > 0);
        await publishing.captures(10);
        await publishing.drains();
        const seqs = publishing.of('captured').map(({ seq }) => seq);
        expect(seqs).toEqual(seqs.map((__, index) => index + 1));
        await finish(publishing, { reconnects: publishing.gate.stats.reconnects });
        expect(publishing.gate.stats.dropped).toMatchObject({ outbox: 0, gop: 0, closed: 0 });
      } finally {
        await source.stop();
      }
    });
  });
});
