/** Two Kafka brokers, one of which fails: partitions of the other one are read without interruption, and the rest when it is back. */
import { randomUUID } from 'node:crypto';
import { type Admin, Kafka, logLevel } from 'kafkajs';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { type SubscribeConfig } from '../../operators/index.js';
import { type Broker, kafka } from '../../src/index.js';
import { ReadingUnderTest, Sender, numbers } from '../faults/reader-kit.js';
import { KAFKA_DRIVERS, type KafkaServer, needs, startKafka } from '../services/index.js';
import { adminOf, keyIn, makeTopic } from './fixtures/test-publisher.js';

/** A key for each of two partitions. */
const [HERE, AWAY] = [keyIn(0, 2), keyIn(1, 2)];
const QUICK = { requestTimeoutMs: 2_000, connectTimeoutMs: 1_000, retryMaxMs: 1_000 };

needs('kafka').each(KAFKA_DRIVERS)('two Kafka brokers, read by %s', (driver) => {
  let first: KafkaServer;
  let second: KafkaServer;
  let admin: Admin;
  let topic: string;
  const readings: ReadingUnderTest[] = [];
  const brokers: Broker[] = [];

  beforeAll(async () => {
    first = await startKafka();
    second = await startKafka({ joins: first });
    admin = await adminOf(new Kafka({ brokers: [first.address], logLevel: logLevel.NOTHING }));
  });
  afterEach(async () => {
    second.resume();
    await second.start();
    await Promise.all(readings.splice(0).map((one) => one.stop()));
    await Promise.all(brokers.splice(0).map((one) => one.close({ deadlineMs: 0 })));
  });
  afterAll(async () => {
    await admin.disconnect();
    await second.stop();
    await first.stop();
  });

  const handle = () => kafka({ driver, brokers: [first.address, second.address], ...QUICK });
  const reading = (config: Partial<SubscribeConfig> = {}) => {
    const one = new ReadingUnderTest(handle(), { topic, from: 'earliest', ...config });
    readings.push(one);
    return one;
  };
  const sender = (key: string) => {
    // A request that is given up early on a busy machine would be repeated, and its messages would be there twice.
    const broker = kafka({ driver, brokers: [first.address], retryMaxMs: QUICK.retryMaxMs });
    brokers.push(broker);
    return new Sender(broker, topic, key);
  };
  const ofKey = (one: ReadingUnderTest, wanted: string) => one.messages.filter(({ key }) => key === wanted).map(({ inputOrder }) => inputOrder);
  const started = async () => {
    topic = `two-${randomUUID()}`;
    await makeTopic(admin, topic, [first.nodeId, second.nodeId]);
    const senders = [sender(HERE), sender(AWAY)] as const;
    await Promise.all(senders.map((one) => one.send(10)));
    return senders;
  };

  it.each(['SIGKILL', 'SIGSTOP'] as const)('one stops by %s: reading from the other continues, and the waiting partitions are reported', async (signal) => {
    const [here, away] = await started();
    const [all, own] = [reading(), reading({ key: HERE })];
    await Promise.all([all.receives(20), own.receives(10)]);
    if (signal === 'SIGSTOP') second.pause();
    else await second.kill(signal);
    await here.send(10);
    await Promise.all([all.when(() => ofKey(all, HERE).length === 20), own.receives(20)]);
    await all.when(() => all.errors.length > 0);
    expect(all.errors[0]).toMatchObject({ code: 'BROKER_UNAVAILABLE' });
    // One of its brokers answers.
    await here.send(10);
    await all.when(() => ofKey(all, HERE).length === 30);
    expect(all.stats.status).toBe('connected');
    if (signal === 'SIGSTOP') second.resume();
    else await second.start();
    await away.send(10);
    await all.when(() => ofKey(all, AWAY).length === 20);
    await own.receives(30);
    expect([ofKey(all, HERE), ofKey(all, AWAY), own.orders]).toEqual([numbers(30), numbers(20), numbers(30)]);
    expect(all.check.stats).toMatchObject({ whole: 50, repeated: 0, torn: 0, gaps: 0 });
  });

  it('one is down from the start: the other is read, and no reading that needs it completes before it is back', async () => {
    await started();
    await second.kill();
    const [all, own, missing, few] = [reading({ to: 'latest' }), reading({ key: HERE, to: 'latest' }), reading({ key: AWAY, to: 'latest' }), reading({ from: { last: 4 } })];
    await own.when(() => own.completed);
    await Promise.all([all.receives(10), few.receives(4), missing.when(() => missing.errors.length > 2)]);
    expect(own.orders).toEqual(numbers(10));
    expect(few.orders).toEqual(numbers(4, 7));
    expect(missing.errors.map(({ message }) => message).join()).toMatch(/partition 1 has no leader|ECONNREFUSED|closed/i);
    expect([all.completed, missing.completed]).toEqual([false, false]);
    await second.start();
    await Promise.all([all.when(() => all.completed), missing.when(() => missing.completed)]);
    expect(all.check.stats).toMatchObject({ whole: 20, gaps: 0, repeated: 0 });
    expect(missing.orders).toEqual(numbers(10));
  });
});
