/** Topics that come and go for weeks: the memory of each is released with it. */
import { randomUUID } from 'node:crypto';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { from, lastValueFrom } from 'rxjs';
import { afterEach, expect, it } from 'vitest';
import { publish } from '../../operators/publish.js';
import { type Broker, kafka, redis } from '../../src/index.js';
import { KAFKA_DRIVERS, needs, sharedKafka, sharedRedis, threeQuestions } from '../services/index.js';
import { FakeRun } from '../unit/broker/outbox-fakes.js';

const MESSAGES = 400;
const ROUND = 100;
/**
 * The last inputOrder of each topic and key is kept, and the client's metadata of each topic: 1 to 3 kB.
 * A leak was 100 bytes a message and more, which is 40 kB a topic; bytes.
 */
const KEPT_A_TOPIC = 6_000;

setFlagsFromString('--expose-gc');
const gc = runInNewContext('gc') as () => void;

/** Two collections, with a turn of the event loop between them, in which finalizers run. */
async function collect(): Promise<void> {
  gc();
  await new Promise((resolve) => { setImmediate(resolve); });
  gc();
}

let broker: Broker;
afterEach(async () => {
  await broker.close();
  await threeQuestions({});
});

/** Runs this number of cameras to their end, each with its own topic. */
async function comeAndGo(topics: number): Promise<void> {
  for (let index = 0; index < topics; index++) {
    const topic = `leak-${randomUUID()}`;
    const run = new FakeRun(topic);
    const messages = Array.from({ length: MESSAGES }, () => run.message());
    await lastValueFrom(from(messages).pipe(publish(broker, { topic })));
    run.live = false;
  }
}

/** Memory that remains after this number of topics, in bytes for each. */
async function keptOf(topics: number): Promise<number> {
  await collect();
  const before = process.memoryUsage().heapUsed;
  await comeAndGo(topics);
  await collect();
  return (process.memoryUsage().heapUsed - before) / topics;
}

/** A leak appears each time; V8's own memory (compiled code) only sometimes. */
async function keepsNothing(topics: number): Promise<void> {
  await comeAndGo(topics);
  const kept = [await keptOf(topics), await keptOf(topics), await keptOf(topics)];
  expect(Math.min(...kept)).toBeLessThan(KEPT_A_TOPIC);
}

needs('redis')('redis', () => {
  it('keeps nothing of topics whose runs have ended', async () => {
    broker = redis({ url: (await sharedRedis()).url });
    await keepsNothing(ROUND);
  });
});

needs('kafka').each(KAFKA_DRIVERS)('kafka, %s', (driver) => {
  it('keeps nothing of topics whose runs have ended', async () => {
    const { host, port } = await sharedKafka();
    broker = kafka({ driver, brokers: [`${host}:${port}`] });
    await keepsNothing(ROUND / 2);
  }, 120_000);
});
