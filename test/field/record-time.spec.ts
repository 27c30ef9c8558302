/** Times of records: a search by time finds the picture of that time, and a wrong clock delays no message. */
import { Kafka, logLevel } from 'kafkajs';
import { lastValueFrom, map, toArray } from 'rxjs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Broker, type CameraEvent, type EncodedFrame, camera, encodeH265, kafka, publish, redis, toMessage } from '../../src/index.js';
import { KAFKA_DRIVERS, needs, sharedKafka, sharedRedis, threeQuestions } from '../services/index.js';
import { fromRedis } from '../real/consumer/read-back.js';

const HOUR = 3_600_000;

/** Publishes ten pictures with the times that `at` returns, and returns the warnings. */
async function send(broker: Broker, topic: string, { at = (frame) => frame.capturedAt, chunk, key = topic }: {
  at?: (frame: EncodedFrame) => number; chunk?: number; key?: string;
} = {}) {
  const gate = camera('test:?size=64x48&fps=25&duration=0.4', { key, pace: 'asap' });
  const warnings: string[] = [];
  gate.events$.subscribe((event: CameraEvent) => { if (event.type === 'warning') warnings.push(event.message); });
  const times: number[] = [];
  const acks = await lastValueFrom(gate.pipe(
    encodeH265(chunk === undefined ? {} : { mode: 'stream', chunk: { frames: chunk } }),
    map((frame) => ({ ...frame, capturedAt: at(frame) })),
    toMessage(),
    map((message) => { times.push(message.capturedAt); return message; }),
    publish(broker, { topic }),
    toArray(),
  ));
  await threeQuestions({ stats: gate.stats });
  return { acks, times, warnings };
}

needs('ffmpeg', 'kafka').each(KAFKA_DRIVERS)('the time of a Kafka record, %s', (driver) => {
  let client: Kafka;
  let broker: Broker;
  beforeAll(async () => {
    const { host, port } = await sharedKafka();
    client = new Kafka({ brokers: [`${host}:${port}`], logLevel: logLevel.NOTHING });
    broker = kafka({ driver, brokers: [`${host}:${port}`] });
  });
  afterAll(async () => { await broker.close(); });

  async function offsetAt(topic: string, ms: number): Promise<string | undefined> {
    const admin = client.admin();
    await admin.connect();
    const [found] = await admin.fetchTopicOffsetsByTimestamp(topic, ms);
    await admin.disconnect();
    return found?.offset;
  }

  async function makeTopic(topic: string, settings: Record<string, string>): Promise<void> {
    const admin = client.admin();
    await admin.connect();
    await admin.createTopics({ topics: [{ topic, configEntries: Object.entries(settings).map(([name, value]) => ({ name, value })) }] });
    await admin.disconnect();
  }

  async function timesIn(topic: string, count: number): Promise<number[]> {
    const consumer = client.consumer({ groupId: `times-${topic}` });
    await consumer.connect();
    await consumer.subscribe({ topic, fromBeginning: true });
    const times: number[] = [];
    await new Promise<void>((resolve, reject) => {
      consumer.run({ eachMessage: ({ message }) => {
        times.push(Number(message.timestamp));
        if (times.length === count) resolve();
        return Promise.resolve();
      } }).catch(reject);
    });
    await consumer.disconnect();
    return times;
  }

  it('is exactly that of the capture of each message if an outage delays the sending by minutes', async () => {
    const start = Date.now() - 5 * 60_000;
    const { acks, times } = await send(broker, 'times-late', { at: ({ seq }) => start + seq * 100 });
    for (const [index, { offset }] of acks.entries()) {
      expect(await offsetAt('times-late', times[index] as number)).toBe(offset);
      expect(await offsetAt('times-late', (times[index] as number) - 99)).toBe(offset);
    }
    expect(await timesIn('times-late', 10)).toEqual(times);
  });

  it('is that of the first picture of a chunk', async () => {
    const start = Date.now() - 60_000;
    const { acks, times } = await send(broker, 'times-chunk', { at: ({ seq }) => start + seq * 100, chunk: 5 });
    expect(times).toEqual([start + 100, start + 600]);
    expect(await offsetAt('times-chunk', start + 101)).toBe(acks[1]?.offset);
  });

  it('is that of the sending for a picture from the future, and a warning reports it once', async () => {
    const before = Date.now();
    const { acks, warnings } = await send(broker, 'times-ahead', { at: ({ capturedAt }) => capturedAt + 2 * HOUR });
    expect(acks).toHaveLength(10);
    for (const time of await timesIn('times-ahead', 10)) expect(time).toBeGreaterThanOrEqual(before);
    expect(warnings).toEqual([expect.stringMatching(/topic 'times-ahead': the capture time of a picture \(.*\) is invalid or more than an hour ahead: its record has the sending time/)]);
  });

  it.each([['NaN', NaN], ['negative', -5], ['Infinity', Infinity]])('is that of the sending for an invalid time: %s', async (name, time) => {
    const before = Date.now();
    const topic = `times-${name}`;
    const gate = camera('test:?size=64x48&fps=25&duration=0.08', { key: topic, pace: 'asap' });
    const acks = await lastValueFrom(gate.pipe(
      encodeH265(), toMessage((frame) => ({ value: frame.data })), map((message) => ({ ...message, capturedAt: time })), publish(broker, { topic }), toArray(),
    ));
    expect(acks).toHaveLength(2);
    for (const one of await timesIn(topic, 2)) expect(one).toBeGreaterThanOrEqual(before);
    await threeQuestions({ stats: gate.stats });
  });

  it('is that of the sending if the topic refuses old times: the outbox does not wait', async () => {
    await makeTopic('times-old', { 'message.timestamp.before.max.ms': '60000' });
    const { acks, warnings } = await send(broker, 'times-old', { at: ({ capturedAt }) => capturedAt - HOUR });
    expect(acks).toHaveLength(10);
    expect(warnings).toEqual([expect.stringContaining('the broker refuses the timestamps of records: they have the sending time; check its clock and that of this machine')]);
  });

  it('is left out if the broker refuses all times, because its clock and this one differ', async () => {
    await makeTopic('times-none', { 'message.timestamp.before.max.ms': '0', 'message.timestamp.after.max.ms': '0' });
    const { acks } = await send(broker, 'times-none', { at: ({ capturedAt }) => capturedAt - HOUR });
    expect(acks).toHaveLength(10);
  });

  it('does not delay another camera in the same request', async () => {
    await makeTopic('times-bad', { 'message.timestamp.before.max.ms': '60000' });
    const start = Date.now() - HOUR;
    const [bad, good] = await Promise.all(['times-bad', 'times-good'].map((topic) => send(broker, topic, { at: ({ seq }) => start + seq })));
    expect(bad?.acks).toHaveLength(10);
    expect(await timesIn('times-good', 10)).toEqual(good?.times);
  });
});

needs('ffmpeg', 'redis')('the time of a Redis entry', () => {
  it('is in the field ce_time', async () => {
    const { url } = await sharedRedis();
    const broker = redis({ url });
    const { times } = await send(broker, 'times-redis', { at: ({ seq }) => Date.UTC(2026, 0, 1) + seq });
    await broker.close();
    const entries = await fromRedis(url, 'times-redis');
    expect(entries.map(({ headers }) => Date.parse(headers['ce_time'] ?? ''))).toEqual(times);
  });
});
