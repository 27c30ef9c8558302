/** Users of Redis who lack a right to read: a refusal is reported at once, and the reading begins when the right is granted. */
import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { redis } from '../../src/index.js';
import { ReadingUnderTest, Sender, numbers } from '../faults/reader-kit.js';
import { type RedisServer, needs, startRedis } from '../services/index.js';

const PASSWORD = 'hush-hush';

needs('redis')('a user of Redis who reads', () => {
  let server: RedisServer;
  let admin: Redis;
  let one: ReadingUnderTest | undefined;
  beforeAll(async () => {
    server = await startRedis();
    admin = new Redis(server.url);
  });
  // As the three questions require.
  afterEach(() => one?.stop());
  afterAll(async () => {
    admin.disconnect();
    await server.stop();
  });

  const grant = (rights: string) => admin.call('ACL', 'SETUSER', 'cam', 'reset', 'on', `>${PASSWORD}`, ...rights.split(' '));
  const reading = (topic: string) => new ReadingUnderTest(redis({ url: `redis://cam:${PASSWORD}@${server.host}:${server.port}`, retryMaxMs: 500 }), { topic, from: 'earliest' }, [PASSWORD]);
  const sent = async (topic: string) => {
    const broker = redis({ url: server.url });
    await new Sender(broker, topic).send(5);
    await broker.close();
  };

  it.each([
    ['XREAD', '~video* +multi +exec +xinfo|stream', 'xread'],
    ['XINFO', '~video* +multi +exec +xread', 'xinfo'],
    ['the stream', '~other* +multi +exec +xread +xinfo|stream', 'key'],
  ])('without the right to %s gets an error at once, and reads when it is granted', async (_, rights, named) => {
    const topic = `video-${randomUUID()}`;
    await sent(topic);
    await grant(rights);
    one = reading(topic);
    const under = one;
    await under.when(() => under.errors.length > 0);
    expect(under.errors[0]).toMatchObject({ code: 'BROKER_UNAUTHORIZED' });
    expect(under.errors[0]?.message.toLowerCase()).toContain(named);
    await grant('~video* +multi +exec +xread +xinfo|stream');
    await under.receives(5);
    expect(under.orders).toEqual(numbers(5));
    expect(under.check.stats).toMatchObject({ whole: 5, gaps: 0 });
  });
});
