/** Faults of brokers during a reading: they die, hang, move, forget; it continues after the last message, and reports the messages that are gone. */
import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import { type Admin, Kafka, type SASLOptions, logLevel } from 'kafkajs';
import { Subject, delay, filter, firstValueFrom, lastValueFrom, map, of, take, takeWhile, tap, toArray } from 'rxjs';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { deliver, subscribe, verify } from '../../operators/index.js';
import { type Broker, kafka, redis } from '../../src/broker/index.js';
import { type KafkaServer, type RedisServer, freePort, needs, startKafka, startRedis } from '../services/index.js';
import type { Gap } from '../../src/message/index.js';
import { ReadingUnderTest, Sender, numbers } from './reader-kit.js';

const LOGIN = { username: 'reader', password: 'hush"hush/2#&' };
const SASL: SASLOptions = { mechanism: 'plain', ...LOGIN };
/** Scaled down from 10 s and 5 s. */
const QUICK = { requestTimeoutMs: 1_500, connectTimeoutMs: 1_000 };
const LARGE = 10 * 1024 * 1024;

const open: ReadingUnderTest[] = [];
const brokers: Broker[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((one) => one.stop()));
  await Promise.all(brokers.splice(0).map((one) => one.close({ deadlineMs: 0 })));
});
const opened = <B extends Broker>(broker: B): B => {
  brokers.push(broker);
  return broker;
};

/** Required of both kinds. */
interface Kind {
  broker(options?: object): Broker;
  server(): { kill(): Promise<void>; start(): Promise<void>; pause(): void; resume(): void };
  /** Removes all messages but the last `count`. */
  trim(topic: string, count: number): Promise<void>;
}

function survives(kind: Kind): void {
  const topicOf = () => `read-${randomUUID()}`;
  const reading = (topic: string, options = {}) => {
    const one = new ReadingUnderTest(kind.broker(), { topic, ...options }, [LOGIN.password]);
    open.push(one);
    return one;
  };
  /** On a busy machine, a request that is given up after a second would be repeated, and its messages would be there twice. */
  const sender = (topic: string) => new Sender(opened(kind.broker({ requestTimeoutMs: 10_000 })), topic);

  it('is killed and started again: every message comes once, in order', async () => {
    const topic = topicOf();
    const one = reading(topic, { from: 'earliest' });
    const camera = sender(topic);
    await camera.send(50);
    await one.receives(50);
    await kind.server().kill();
    await one.when(() => one.errors.length > 0);
    expect(one.errors[0]?.code).toBe('BROKER_UNAVAILABLE');
    await kind.server().start();
    await camera.send(50);
    await one.receives(100);
    expect(one.orders).toEqual(numbers(100));
    expect(one.check.stats).toMatchObject({ whole: 100, repeated: 0, torn: 0, gaps: 0 });
  });

  it('hangs with its connections open, and continues', async () => {
    const topic = topicOf();
    const one = reading(topic);
    await one.connects();
    const camera = sender(topic);
    await camera.send(20);
    await one.receives(20);
    kind.server().pause();
    try {
      await one.when(() => one.errors.length > 0);
    } finally {
      kind.server().resume();
    }
    await camera.send(20);
    await one.receives(40);
    expect(one.orders).toEqual(numbers(40));
  });

  it('is killed under a group: nothing is missing', async () => {
    const topic = topicOf();
    const camera = sender(topic);
    await camera.send(20);
    const one = reading(topic, { from: 'earliest', group: `group-${topic}` });
    await one.receives(20);
    await kind.server().kill();
    await one.when(() => one.errors.length > 0);
    await kind.server().start();
    await camera.send(20);
    await one.receives(40);
    expect(one.orders).toEqual(numbers(40));
    expect(one.check.stats.gaps).toBe(0);
  });

  it('is not there at first: the reading begins when it comes', async () => {
    const topic = topicOf();
    await kind.server().kill();
    const one = reading(topic, { from: 'earliest' });
    await one.when(() => one.errors.length > 1);
    expect(one.stats.status).toBe('unavailable');
    await kind.server().start();
    await sender(topic).send(5);
    await one.receives(5);
    expect(one.orders).toEqual(numbers(5));
  });

  it('removes messages before they are read: the gap has their numbers', async () => {
    const topic = topicOf();
    const broker = opened(kind.broker());
    const camera = sender(topic);
    await camera.send(200, 20_000);
    const trimmed = new Subject<void>();
    const messages = subscribe(broker, { topic, from: 'earliest', inbox: { maxMessages: 10, maxBytes: 100_000 } });
    const gaps: Gap[] = [];
    const orders = firstValueFrom(messages.pipe(
      verify({ onGap: (gap) => { gaps.push(gap); } }), filter((one) => one.verdict !== 'gap'),
      // The first one is held until the others are gone.
      deliver((one) => (messages.stats.expired > 0 || isTrimmed ? of(one) : trimmed.pipe(take(1), map(() => one))), { outbox: { maxMessages: 4 } }),
      map(({ inputOrder = 0 }) => inputOrder), takeWhile((order) => order < 200, true), toArray(),
    ));
    let isTrimmed = false;
    while (messages.stats.inbox.messages === 0) await new Promise((resolve) => { setTimeout(resolve, 5); });
    await kind.trim(topic, 10);
    isTrimmed = true;
    trimmed.next();
    const seen = await orders;
    const read = seen.indexOf(191);
    expect(seen).toEqual([...numbers(read), ...numbers(10, 191)]);
    expect(read).toBeLessThan(190);
    expect(messages.stats.expired).toBe(190 - read);
    expect(gaps.map(({ cause, from, to }) => ({ cause, from, to }))).toEqual([{ cause: 'expired', from: read + 1, to: 190 }]);
  });

  it('brings messages of 10 MiB among small ones', async () => {
    const topic = topicOf();
    const camera = sender(topic);
    await camera.send(3);
    // The outbox holds one of them.
    await camera.send(1, LARGE - 2_000);
    await camera.send(1, LARGE - 2_000);
    await camera.send(3);
    const one = reading(topic, { from: 'earliest', to: 'latest' });
    await one.when(() => one.completed);
    expect(one.check.stats).toMatchObject({ whole: 8, torn: 0, gaps: 0 });
    expect(one.orders).toEqual(numbers(8));
    expect(one.messages.map(({ value }) => value.length)).toEqual([1_000, 1_000, 1_000, LARGE - 2_000, LARGE - 2_000, 1_000, 1_000, 1_000]);
    expect(one.check.stats).toMatchObject({ whole: 8, torn: 0 });
  });

  it('is read by a slow consumer: little is held, and nothing is missing', async () => {
    const topic = topicOf();
    await sender(topic).send(150, 20_000);
    const broker = opened(kind.broker());
    const messages = subscribe(broker, { topic, from: 'earliest', to: 'latest', inbox: { maxMessages: 20, maxBytes: 200_000 } });
    let most = 0;
    const orders = await lastValueFrom(messages.pipe(
      deliver((one) => of(one).pipe(delay(20)), { outbox: { maxMessages: 10 } }),
      tap(() => { most = Math.max(most, messages.stats.inbox.bytes); }), map(({ inputOrder }) => inputOrder), toArray(),
    ));
    expect(orders).toEqual(numbers(150));
    // The inbox, and one piece beyond it.
    expect(most).toBeLessThan(200_000 + 2_500_000);
  });
}

needs('redis')('redis', () => {
  let server: RedisServer;
  let admin: Redis;
  beforeAll(async () => {
    server = await startRedis({ requirepass: LOGIN.password });
    admin = new Redis(server.url, { retryStrategy: () => 50 });
    admin.on('error', () => { /* It is sometimes killed. */ });
  });
  afterAll(async () => {
    admin.disconnect();
    await server.stop();
  });
  const broker = (options = {}) => redis({ url: server.url, ...QUICK, ...options });

  survives({ broker, server: () => server, trim: async (topic, count) => { await admin.xtrim(topic, 'MAXLEN', count); } });

  it('has no connection left when the reading is left, and no group', async () => {
    const topic = `read-${randomUUID()}`;
    await new Sender(opened(broker()), topic).send(3);
    const clients = async () => (String(await admin.client('LIST')).match(/cmd=(xread|xinfo)/g) ?? []).length;
    const one = new ReadingUnderTest(broker(), { topic }, [LOGIN.password]);
    await one.connects();
    while (await clients() === 0) await new Promise((resolve) => { setTimeout(resolve, 10); });
    await one.stop();
    while (await clients() > 0) await new Promise((resolve) => { setTimeout(resolve, 10); });
    expect(await admin.xinfo('GROUPS', topic)).toEqual([]);
  });

  it('refuses the password: reported without the password', async () => {
    const wrong = 'not-the/right"one';
    const url = new URL(server.url);
    const one = new ReadingUnderTest(redis({ host: url.hostname, port: Number(url.port), password: wrong, ...QUICK }), { topic: 't' }, [wrong]);
    open.push(one);
    await one.when(() => one.errors.length > 0);
    expect(one.errors[0]?.message).toContain('WRONGPASS');
  });
});

needs('kafka')('kafka', () => {
  let server: KafkaServer;
  let client: Kafka;
  let admin: Admin;
  beforeAll(async () => {
    server = await startKafka({ sasl: LOGIN });
    client = new Kafka({ brokers: [server.address], sasl: { ...SASL }, logLevel: logLevel.NOTHING });
  });
  afterEach(async () => { await admin?.disconnect().catch(() => { /* Its broker was killed. */ }); });
  afterAll(() => server.stop());
  const broker = (options = {}) => kafka({ brokers: [server.address], sasl: SASL, ...QUICK, ...options });
  const connected = async () => {
    admin = client.admin();
    await admin.connect();
    return admin;
  };
  const reading = (topic: string, options = {}) => {
    const one = new ReadingUnderTest(broker(), { topic, ...options }, [LOGIN.password]);
    open.push(one);
    return one;
  };

  survives({
    broker, server: () => server,
    trim: async (topic, count) => {
      const [at] = await (await connected()).fetchTopicOffsets(topic);
      await admin.deleteTopicRecords({ topic, partitions: [{ partition: 0, offset: String(Number(at?.high) - count) }] });
    },
  });

  it('loses the topic, which is made again: the new messages come', async () => {
    const topic = `read-${randomUUID()}`;
    const one = reading(topic, { from: 'earliest' });
    await new Sender(opened(broker()), topic).send(20);
    await one.receives(20);
    await (await connected()).deleteTopics({ topics: [topic] });
    await new Sender(opened(broker()), topic).send(5);
    await one.receives(25);
    expect(one.orders.slice(20)).toEqual(numbers(5));
  });

  it('has several partitions: all are read, or that of the key alone', async () => {
    const topic = `read-${randomUUID()}`;
    await (await connected()).createTopics({ topics: [{ topic, numPartitions: 4 }] });
    const keys = ['a', 'b', 'c', 'd', 'e'];
    const cameras = keys.map((key) => new Sender(opened(broker()), topic, key));
    await Promise.all(cameras.map((camera) => camera.send(30)));
    const all = reading(topic, { from: 'earliest', to: 'latest' });
    await all.when(() => all.completed);
    expect(all.check.stats).toMatchObject({ whole: 150, gaps: 0 });
    expect(new Set(all.messages.map(({ partition }) => partition)).size).toBeGreaterThan(1);
    const own = reading(topic, { key: 'c', from: 'earliest', to: 'latest' });
    await own.when(() => own.completed);
    expect(own.messages.map(({ key, inputOrder }) => [key, inputOrder])).toEqual(numbers(30).map((order) => ['c', order]));
    const last = reading(topic, { key: 'c', from: { last: 7 }, to: 'latest' });
    await last.when(() => last.completed);
    expect(last.orders).toEqual(numbers(7, 24));
    const refused = reading(topic, { from: { offset: 3 } });
    await refused.when(() => refused.failure !== undefined);
    expect(String(refused.failure)).toMatch(/option 'from': an offset given, topic '.*' has 4 partitions/);
  });

  it('gets more partitions: the messages of the key are followed to their new one', async () => {
    const topic = `read-${randomUUID()}`;
    await new Sender(opened(broker()), topic, 'c').send(5);
    const one = reading(topic, { key: 'c', from: 'earliest' });
    const all = reading(topic, { from: 'earliest' });
    await one.receives(5);
    await (await connected()).createPartitions({ topicPartitions: [{ topic, count: 5 }] });
    await new Sender(opened(broker()), topic, 'other').send(5);
    await new Sender(opened(broker()), topic, 'c').send(5);
    await Promise.all([one.receives(10), all.receives(15)]);
    expect(new Set(one.messages.map(({ partition }) => partition)).size).toBe(2);
    expect(one.orders).toEqual([...numbers(5), ...numbers(5)]);
    expect(all.check.stats).toMatchObject({ whole: 15, gaps: 0, repeated: 0 });
  });

  it('leaves no group on the broker, and no connection', async () => {
    const topic = `read-${randomUUID()}`;
    await new Sender(opened(broker()), topic).send(3);
    const sockets = () => process.getActiveResourcesInfo().filter((one) => one === 'TCPSocketWrap').length;
    const before = sockets();
    const orders = await firstValueFrom(subscribe(opened(broker()), { topic, from: 'earliest' }).pipe(take(3), toArray()));
    expect(orders).toHaveLength(3);
    while (sockets() > before) await new Promise((resolve) => { setTimeout(resolve, 10); });
    expect((await (await connected()).listGroups()).groups.filter(({ groupId }) => !groupId.startsWith('group-'))).toEqual([]);
  });

  it('can not be reached, or refuses the login: reported without the password', async () => {
    const wrong = 'not-the/right"one';
    const nowhere = new ReadingUnderTest(kafka({ brokers: [`127.0.0.1:${await freePort()}`], ...QUICK }), { topic: 't' });
    const refused = new ReadingUnderTest(broker({ sasl: { mechanism: 'plain', ...LOGIN, password: wrong } }), { topic: 't' }, [wrong]);
    open.push(nowhere, refused);
    await nowhere.when(() => nowhere.errors.length > 1);
    await refused.when(() => refused.errors.length > 0);
    expect(refused.errors[0]?.message).toMatch(/authentication/i);
  });

  it('moves the leader to another broker: the reading follows', async () => {
    const second = await startKafka({ sasl: LOGIN, joins: server });
    try {
      const topic = `read-${randomUUID()}`;
      const camera = new Sender(opened(broker()), topic);
      const one = reading(topic, { from: 'earliest' });
      await camera.send(20);
      await one.receives(20);
      await (await connected()).alterPartitionReassignments({ topics: [{ topic, partitionAssignment: [{ partition: 0, replicas: [second.nodeId] }] }] });
      for (;;) {
        const { topics } = await admin.fetchTopicMetadata({ topics: [topic] });
        if (topics[0]?.partitions[0]?.leader === second.nodeId) break;
        await new Promise((resolve) => { setTimeout(resolve, 100); });
      }
      await camera.send(20);
      await one.receives(40);
      expect(one.orders).toEqual(numbers(40));
    } finally {
      await Promise.all(open.splice(0).map((one) => one.stop()));
      await second.stop();
    }
  });
});
