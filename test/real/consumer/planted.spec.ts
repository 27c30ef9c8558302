/** Topics of real brokers with messages removed, repeated, cut and late: verify reports exactly the planted faults. */
import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { Redis } from 'ioredis';
import { Kafka, Partitioners, logLevel } from 'kafkajs';
import { afterEach, expect, it } from 'vitest';
import { subscribe, verify } from '../../../operators/index.js';
import { type Broker, kafka, redis } from '../../../src/broker/index.js';
import type { Received } from '../../../src/message/index.js';
import { needs, sharedKafka, sharedRedis } from '../../services/index.js';
import { FATES, plant, shown } from '../../unit/message/planted.js';
import { all, closeAll, opened } from '../broker/broker-messages.js';

afterEach(closeAll);

const CAMERAS = ['north', 'south', 'east'];
const schedules = fc.tuple(...CAMERAS.map(() => fc.array(fc.constantFrom(...FATES), { maxLength: 40 })));
const RUNS = 12;

/** @param produce - writes the messages to a new topic, without rxcam */
async function saysWhatWasPlanted(broker: Broker, produce: (topic: string, messages: readonly Received[]) => Promise<void>): Promise<void> {
  await fc.assert(fc.asyncProperty(schedules, async (fates) => {
    const topic = `planted-${randomUUID()}`;
    const planted = CAMERAS.map((camera, index) => plant(camera, fates[index] ?? []));
    const longest = Math.max(...planted.map(({ stream }) => stream.length));
    // One of each in turn.
    const mixed = Array.from({ length: longest }, (_, index) => planted.flatMap(({ stream }) => stream[index] ?? [])).flat();
    await produce(topic, mixed);
    const said = await all(subscribe(broker, { topic, from: 'earliest', to: 'latest' }).pipe(verify({ keep: ['repeated', 'torn', 'undecodable'] })));
    for (const [index, camera] of CAMERAS.entries()) {
      expect(said.map(shown).filter((words) => words.startsWith(`${camera} `))).toEqual(planted[index]?.expected);
    }
  }), { numRuns: RUNS });
}

needs('kafka')('a topic of Kafka', () => {
  it('of three partitions says what was planted in each key', async () => {
    const { host, port } = await sharedKafka();
    const client = new Kafka({ brokers: [`${host}:${port}`], logLevel: logLevel.NOTHING });
    const [admin, producer] = [client.admin(), client.producer({ createPartitioner: Partitioners.DefaultPartitioner })];
    await Promise.all([admin.connect(), producer.connect()]);
    await saysWhatWasPlanted(opened(kafka({ brokers: [`${host}:${port}`] })), async (topic, messages) => {
      await admin.createTopics({ topics: [{ topic, numPartitions: 3 }], waitForLeaders: true });
      if (messages.length > 0) {
        await producer.send({ topic, messages: messages.map(({ key, value, headers }) => ({ key: key ?? null, value, headers: { ...headers } })) });
      }
    });
    await Promise.all([admin.disconnect(), producer.disconnect()]);
  });
});

needs('redis')('a stream of Redis', () => {
  it('says what was planted in each key', async () => {
    const { url } = await sharedRedis();
    const client = new Redis(url);
    await saysWhatWasPlanted(opened(redis({ url })), async (topic, messages) => {
      const pipeline = client.pipeline();
      for (const { headers, value } of messages) pipeline.xadd(topic, '*', ...Object.entries(headers).flat(), 'data', value);
      await pipeline.exec();
    });
    client.disconnect();
  });
});
