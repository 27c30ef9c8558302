/** Two Kafka brokers, one of which fails: partitions of the other one are not affected, and the state names the topics that wait. */
import { randomUUID } from 'node:crypto';
import { type Admin, Kafka, logLevel } from 'kafkajs';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { type Broker, kafka } from '../../src/index.js';
import { KAFKA_DRIVERS, type KafkaServer, needs, startKafka, threeQuestions } from '../services/index.js';
import { TestPublisher, adminOf, keyIn, makeTopic, when } from './fixtures/test-publisher.js';

/** A publisher that another broker blocks is blocked for the time limit of a request: 10 s; ms. */
const STALL_MS = 8_000;
const PARTITIONS = 4;

/** A key for each partition of a topic with four. */
const KEYS = Array.from({ length: PARTITIONS }, (_, partition) => keyIn(partition, PARTITIONS));

needs('kafka').each(KAFKA_DRIVERS)('two Kafka brokers, %s', (driver) => {
  let first: KafkaServer;
  let second: KafkaServer;
  let admin: Admin;
  let broker: Broker;
  let publishers: TestPublisher[] = [];

  beforeAll(async () => {
    first = await startKafka();
    second = await startKafka({ joins: first });
    admin = await adminOf(new Kafka({ brokers: [first.address], logLevel: logLevel.NOTHING }));
  });
  afterEach(async () => {
    for (const publisher of publishers) publisher.stop();
    const { unsent } = await broker.close({ deadlineMs: 20_000 });
    await threeQuestions({ stats: publishers.map(({ stats }) => stats) });
    publishers = [];
    expect(unsent).toBe(0);
  });
  afterAll(async () => {
    await admin.disconnect();
    await second.stop();
    await first.stop();
  });

  const name = (what: string) => `${what}-${randomUUID()}`;
  const handle = () => broker = kafka({ driver, brokers: [first.address, second.address] });
  const publisher = (topic: string, key = 'gate') => {
    const one = new TestPublisher(broker, topic, key);
    publishers.push(one);
    return one;
  };
  const waitingTopics = () => (broker.state.waiting ?? []).map(({ topic }) => topic);
  const on = async (what: string, ...leaders: KafkaServer[]) => {
    const topic = name(what);
    await makeTopic(admin, topic, leaders.map(({ nodeId }) => nodeId));
    return topic;
  };

  it.each(['SIGTERM', 'SIGKILL'] as const)('one ends by %s: a camera that is added on the other is sent, and a running one continues', async (signal) => {
    handle();
    const here = publisher(await on('here', first));
    const away = publisher(await on('away', second));
    const added = await on('added', first);
    await Promise.all([here.acknowledges(10), away.acknowledges(10)]);
    await second.kill(signal);
    const late = publisher(added);
    await Promise.all([late.acknowledges(50), here.acknowledges(50)]);
    await when('the topic that waits is named', () => waitingTopics().length > 0);
    expect(waitingTopics()).toEqual([away.topic]);
    expect(broker.state).toMatchObject({ status: 'connected', waiting: [{ error: { code: 'BROKER_UNAVAILABLE' } }] });
    const made = publisher(name('made'));
    await made.acknowledges(10);
    const before = away.acks.length;
    await here.acknowledges(25);
    expect(away.acks.length).toBe(before);
    await second.start();
    await away.acknowledges(100);
    expect(broker.state.waiting).toBeUndefined();
    for (const one of publishers) one.isInOrder();
    expect(Math.max(here.longestMs, late.longestMs)).toBeLessThan(STALL_MS);
  });

  it.each(['SIGTERM', 'SIGKILL'] as const)('one that leads two of four partitions ends by %s: the other two partitions continue', async (signal) => {
    handle();
    const topic = await on('four', first, second, first, second);
    const [p0, p1, p2, p3] = KEYS.map((key) => publisher(topic, key)) as [TestPublisher, TestPublisher, TestPublisher, TestPublisher];
    await Promise.all(publishers.map((one) => one.acknowledges(10)));
    expect(publishers.map(({ acks }) => acks.at(-1)?.partition)).toEqual([0, 1, 2, 3]);
    await second.kill(signal);
    await when('the topic that waits is named', () => waitingTopics().includes(topic));
    const before = [p1.acks.length, p3.acks.length];
    await Promise.all([p0.acknowledges(50), p2.acknowledges(50)]);
    expect([p1.acks.length, p3.acks.length]).toEqual(before);
    expect(broker.state.status).toBe('connected');
    await second.start();
    await Promise.all([p1.acknowledges(100), p3.acknowledges(100)]);
    for (const one of publishers) one.isInOrder();
    expect(Math.max(p0.longestMs, p2.longestMs)).toBeLessThan(STALL_MS);
  });

  it('one hangs with its connections open: the other continues, and waiting messages are sent when it resumes', async () => {
    handle();
    const here = publisher(await on('here', first));
    const away = publisher(await on('away', second));
    // The client that creates topics may ask the one that hangs.
    const added = await on('late', first);
    await Promise.all([here.acknowledges(10), away.acknowledges(10)]);
    second.pause();
    try {
      const late = publisher(added);
      await Promise.all([here.acknowledges(200), late.acknowledges(100)]);
      expect(Math.max(here.longestMs, late.longestMs)).toBeLessThan(STALL_MS);
      await when('the topic that waits is named', () => waitingTopics().includes(away.topic));
      expect(broker.state.status).toBe('connected');
    } finally {
      second.resume();
    }
    await away.acknowledges(200);
    for (const one of publishers) one.isInOrder();
  });

  it('one is down when the handle is created: messages for the other are sent, and the rest wait', async () => {
    const [here, away] = [await on('here', first), await on('away', second)];
    await second.kill('SIGKILL');
    handle();
    const [a, b] = [publisher(here), publisher(away)];
    await a.acknowledges(20);
    await when('the topic that waits is named', () => waitingTopics().includes(away));
    expect(b.acks).toEqual([]);
    await second.start();
    await b.acknowledges(50);
    for (const one of publishers) one.isInOrder();
  });
});
