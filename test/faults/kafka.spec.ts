/** Faults of Kafka while a camera publishes to it: it dies, hangs, is slow, loses its topic, moves its leader; the camera continues. */
import { randomUUID } from 'node:crypto';
import { type Admin, Kafka, type SASLOptions, logLevel } from 'kafkajs';
import { map } from 'rxjs';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { type Broker, type Camera, type EncodedFrame, encodeH265, kafka } from '../../src/index.js';
import type { Found } from '../real/consumer/read-back.js';
import { KAFKA_DRIVERS, type KafkaServer, type TcpProxy, footage, freePort, needs, startKafka, startTcpProxy } from '../services/index.js';
import { Publishing, type PublishingOptions, orderOf, previousOf, watchProcess } from './broker-kit.js';

const LOGIN = { username: 'camera', password: 'hush"hush/1#&' };
const SASL: SASLOptions = { mechanism: 'plain', ...LOGIN };
/** Scaled down from 10 s and 5 s. */
const QUICK_BROKER = { requestTimeoutMs: 1_500, connectTimeoutMs: 1_000 };
const LIMIT = 100_000;
const GOP = 10;
const LARGE_SEQ = 23;

/** Zeros after an access unit are part of the format: it grows, and decodes as before. */
const withLargeOne = (mode: 'frame' | 'stream') => (gate: Camera) => gate.pipe(
  encodeH265(mode === 'stream' ? { mode, gop: GOP } : { mode }),
  map((unit: EncodedFrame) => (unit.seq === LARGE_SEQ ? { ...unit, data: Buffer.concat([unit.data, Buffer.alloc(LIMIT)]) } : unit)),
);

needs('kafka', 'ffmpeg').each(KAFKA_DRIVERS)('kafka, %s', (driver) => {
  /** Clients reach the broker through it: it can be slow for the broker. */
  let proxy: TcpProxy;
  let server: KafkaServer;
  let reader: Kafka;
  let admin: Admin;
  let watching: ReturnType<typeof watchProcess>;
  const open: Publishing[] = [];

  beforeAll(async () => {
    const advertisedPort = await freePort();
    server = await startKafka({ sasl: LOGIN, advertisedPort });
    proxy = await startTcpProxy({ port: server.port }, { port: advertisedPort });
    reader = new Kafka({ brokers: [server.address], sasl: SASL, logLevel: logLevel.NOTHING });
    watching = watchProcess();
  });
  afterEach(async () => {
    await Promise.all(open.splice(0).map((one) => one.stop()));
    await admin.disconnect().catch(() => { /* Its broker was killed. */ });
    expect(watching.seen).toEqual([]);
  });
  afterAll(async () => {
    watching.stop();
    await proxy.stop();
    await server.stop();
  });

  function start(broker: Broker, options: PublishingOptions = {}, topic = `video-${randomUUID()}`): Publishing {
    const publishing = new Publishing(broker, topic, { secrets: [LOGIN.password], ...options });
    open.push(publishing);
    return publishing;
  }
  const handle = (options: object = {}) => kafka({ driver, brokers: [server.address], sasl: SASL, ...QUICK_BROKER, ...options });
  const connected = async () => {
    admin = reader.admin();
    await admin.connect();
    return admin;
  };
  const finish = async (publishing: Publishing) => {
    expect((await publishing.stop()).unsent).toBe(0);
    return publishing.settle(await readAll(reader, publishing.topic));
  };

  it('is not there at first and comes up later: all that waited is sent in order', async () => {
    await server.down();
    const publishing = start(handle());
    expect((await publishing.notices()).message).not.toContain(LOGIN.password);
    await publishing.captures(25);
    await server.start();
    await publishing.drains();
    await connected();
    await finish(publishing);
    expect(publishing.lost).toBe(0);
  });

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
    await connected();
    await finish(publishing);
    expect(publishing.lost).toBe(0);
  });

  it('is away for longer than the outbox lasts, in stream mode: whole GOPs go, counted and named, and the rest decodes', async () => {
    const publishing = start(handle(), {
      publish: { outbox: { maxMessages: 24 } }, steps: (gate) => gate.pipe(encodeH265({ mode: 'stream', gop: GOP })),
    });
    await publishing.acknowledges(10);
    await proxy.refuse();
    proxy.reset();
    await publishing.when('GOPs are dropped', () => publishing.gate.stats.dropped.outbox >= 3);
    await proxy.listen();
    await publishing.drains();
    await publishing.acknowledges(10);
    await connected();
    const once = await finish(publishing);
    const { outbox, gop } = publishing.gate.stats.dropped;
    expect(gop).toBeGreaterThan(outbox);
    const named = once.reduce((sum, one) => sum + orderOf(one) - previousOf(one) - 1, 0);
    expect(named).toBe(outbox + gop);
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
    await connected();
    await finish(publishing);
    expect(publishing.lost).toBe(0);
  });

  it('is slow: requests get larger, nothing is lost', async () => {
    proxy.delay(150);
    try {
      // Connecting takes a dozen round trips.
      const publishing = start(handle({ requestTimeoutMs: 20_000, connectTimeoutMs: 5_000 }));
      await publishing.acknowledges(60);
      expect(publishing.gate.stats.write.min).toBeGreaterThan(280);
      expect(publishing.errors).toEqual([]);
      proxy.delay(0);
      await connected();
      await finish(publishing);
      expect(publishing.lost).toBe(0);
    } finally {
      proxy.delay(0);
    }
  });

  it('loses the topic: it is made again, and what comes after it is all there', async () => {
    const publishing = start(handle());
    await publishing.acknowledges(10);
    await connected();
    await admin.deleteTopics({ topics: [publishing.topic] });
    const gone = publishing.acks.at(-1)?.inputOrder ?? 0;
    await publishing.when('messages are in the new topic', () => publishing.acks.some(({ inputOrder, offset }) => inputOrder > gone && offset === '0'));
    await publishing.acknowledges(20);
    expect((await publishing.stop()).unsent).toBe(0);
    const first = publishing.acks.findLast(({ offset }) => offset === '0')?.inputOrder ?? 0;
    await publishing.settle(await readAll(reader, publishing.topic), { lost: (order) => order < first });
    expect(publishing.lost).toBe(0);
  });

  it.each([
    ['frame', 0],
    ['stream', GOP - 1 - ((LARGE_SEQ - 1) % GOP)],
  ] as const)('takes no message of that size, in %s mode: it is dropped alone, with the rest of its GOP', async (mode, dependents) => {
    await connected();
    const topic = `video-${randomUUID()}`;
    await admin.createTopics({ topics: [{ topic, configEntries: [{ name: 'max.message.bytes', value: String(LIMIT) }] }] });
    const publishing = start(handle(), { steps: withLargeOne(mode) }, topic);
    await publishing.when('pictures after it are sent', () => publishing.acks.some(({ seq }) => seq >= LARGE_SEQ + 2 * GOP));
    const once = await finish(publishing);
    expect(publishing.gate.stats.dropped).toMatchObject({ 'too-large': 1, gop: dependents, outbox: 0 });
    expect(publishing.errors.map(({ code }) => code)).toEqual(['MESSAGE_TOO_LARGE']);
    expect(publishing.of('dropped').find(({ cause }) => cause === 'too-large')).toMatchObject({ seq: LARGE_SEQ, error: { code: 'MESSAGE_TOO_LARGE' } });
    const next = once.find((one) => orderOf(one) > LARGE_SEQ);
    expect(orderOf(next as Found) - previousOf(next as Found) - 1).toBe(1 + dependents);
  });

  it('has another address: the function is asked again, and all is sent there', async () => {
    const away = await startTcpProxy({ port: server.port });
    const nowhere = `127.0.0.1:${await freePort()}`;
    let now = nowhere;
    let asked = 0;
    const publishing = start(handle({ brokers: () => { asked++; return Promise.resolve([now]); } }));
    await publishing.notices();
    expect(publishing.broker.address).toBe(`kafka://${nowhere}`);
    now = away.address;
    await publishing.drains();
    expect(asked).toBeGreaterThan(1);
    expect(publishing.broker.address).toBe(`kafka://${away.address}`);
    await connected();
    await finish(publishing);
    await away.stop();
    expect(publishing.lost).toBe(0);
  });

  it('is cut off under a file: the file waits for it, and every picture arrives', async () => {
    const clip = await footage({ width: 160, height: 120, fps: 25, seconds: 8 });
    const publishing = start(handle(), { source: clip, publish: { outbox: { maxMessages: 40 }, maxInFlight: 4 } });
    await publishing.acknowledges(10);
    await proxy.refuse();
    proxy.reset();
    await publishing.notices();
    await publishing.when('the file waits', () => publishing.of('paused').length > publishing.of('resumed').length);
    await proxy.listen();
    await publishing.when('the file is done', () => publishing.completed);
    await connected();
    const once = await finish(publishing);
    expect(once.map((one) => Number(one.headers['ce_seq']))).toEqual(Array.from({ length: 200 }, (_, index) => index + 1));
    expect(publishing.gate.stats).toMatchObject({ captured: 200, published: 200, droppedTotal: 0 });
  });

  it('moves the leader to another broker: the messages follow it', async () => {
    const second = await startKafka({ sasl: LOGIN, joins: server });
    try {
      const publishing = start(handle());
      await publishing.acknowledges(10);
      await connected();
      await admin.alterPartitionReassignments({ topics: [{ topic: publishing.topic, partitionAssignment: [{ partition: 0, replicas: [second.nodeId] }] }] });
      await isLedBy(admin, publishing.topic, second.nodeId);
      await publishing.captures(10);
      await publishing.drains();
      await publishing.acknowledges(20);
      await finish(publishing);
      expect(publishing.lost).toBe(0);
    } finally {
      await second.stop();
    }
  });
});

/** Resolves when the controller has moved the leader. */
async function isLedBy(admin: Admin, topic: string, node: number): Promise<void> {
  for (;;) {
    const { topics } = await admin.fetchTopicMetadata({ topics: [topic] });
    if (topics[0]?.partitions[0]?.leader === node) return;
    await new Promise((resolve) => { setTimeout(resolve, 200); });
  }
}

/** All that is in the one partition of a topic. */
async function readAll(reader: Kafka, topic: string): Promise<Found[]> {
  const admin = reader.admin();
  await admin.connect();
  const [offsets] = await admin.fetchTopicOffsets(topic);
  await admin.disconnect();
  const count = Number(offsets?.high ?? 0);
  const consumer = reader.consumer({ groupId: `reader-${topic}` });
  await consumer.connect();
  await consumer.subscribe({ topic, fromBeginning: true });
  const found: Found[] = [];
  try {
    await new Promise<void>((resolve, reject) => {
      consumer.run({
        eachMessage: ({ message: { key, value, headers = {}, offset } }) => {
          const texts = Object.fromEntries(Object.entries(headers).map(([name, text]) => [name, String(text)]));
          found.push({ key: key?.toString(), value: value ?? Buffer.alloc(0), headers: texts });
          if (Number(offset) >= count - 1) resolve();
          return Promise.resolve();
        },
      }).catch(reject);
    });
  } finally {
    await consumer.disconnect();
  }
  return found;
}
