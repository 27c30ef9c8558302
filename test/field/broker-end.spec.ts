/** Programs that end without closing their handle: an idle one does not keep the process alive, and its messages are sent first. */
import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import { expect, it } from 'vitest';
import { KAFKA_DRIVERS, needs, sharedKafka, sharedRedis, startRedis, startTcpProxy, threeQuestions } from '../services/index.js';
import { startPublisher } from './fixtures/publishing.js';

/** A handle that keeps its process alive does so without limit; ms. */
const SOON_MS = 10_000;

async function ends(kind: 'kafka' | 'redis', options: object): Promise<void> {
  const publisher = await startPublisher({ broker: kind, options, topic: `end-${randomUUID()}`, count: 20, then: 'nothing' });
  const timer = setTimeout(() => { void publisher.program.kill(); }, SOON_MS * 3);
  expect(await publisher.program.exited).toEqual({ code: 0, signal: null });
  clearTimeout(timer);
  const orders = publisher.lines.flatMap(({ acknowledged }) => acknowledged ?? []);
  expect(orders).toEqual(Array.from({ length: 20 }, (_, index) => index + 1));
  await threeQuestions({});
}

needs('redis')('a program with a handle of Redis', () => {
  it('ends by itself when all messages are sent', async () => {
    await ends('redis', { url: (await sharedRedis()).url });
  });

  it('sends waiting messages before it ends, also if the server is slow', async () => {
    const server = await startRedis();
    const proxy = await startTcpProxy(server);
    proxy.delay(300);
    try {
      await ends('redis', { url: `redis://${proxy.address}` });
      const reader = new Redis(server.url);
      const [stream] = await reader.keys('end-*');
      expect(await reader.xlen(stream ?? '')).toBe(20);
      reader.disconnect();
    } finally {
      await proxy.stop();
      await server.stop();
    }
  });
});

needs('kafka').each(KAFKA_DRIVERS)('a program with a handle of Kafka, %s', (driver) => {
  it('ends by itself when all messages are sent', async () => {
    const { host, port } = await sharedKafka();
    await ends('kafka', { driver, brokers: [`${host}:${port}`] });
  });
});
