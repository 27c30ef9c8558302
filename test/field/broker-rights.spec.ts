/** Users without some of the rights that rxcam uses: a refusal is reported at once, and everything else continues. */
import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import { lastValueFrom, of, toArray } from 'rxjs';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { publish } from '../../operators/publish.js';
import { type Broker, type RxcamError, redis } from '../../src/index.js';
import { type RedisServer, needs, startRedis, threeQuestions } from '../services/index.js';
import { FakeRun } from '../unit/broker/outbox-fakes.js';
import { TestPublisher, when } from './fixtures/test-publisher.js';

const PASSWORD = 'hush-hush';
const ALL = '+multi +exec +xadd +xtrim +xgroup';

needs('redis')('a user of Redis', () => {
  let server: RedisServer;
  let admin: Redis;
  let broker: Broker;
  let errors: RxcamError[];
  let publishers: TestPublisher[] = [];

  beforeAll(async () => {
    server = await startRedis();
    admin = new Redis(server.url);
  });
  afterEach(async () => {
    for (const publisher of publishers) publisher.stop();
    await broker.close({ deadlineMs: 200 });
    await threeQuestions({ stats: publishers.map(({ stats }) => stats), secrets: [PASSWORD], errors });
    publishers = [];
  });
  afterAll(async () => {
    admin.disconnect();
    await server.stop();
  });

  async function grant(rights: string): Promise<void> {
    await admin.call('ACL', 'SETUSER', 'cam', 'reset', 'on', `>${PASSWORD}`, ...rights.split(' '));
  }
  async function user(rights: string, options: object = {}): Promise<void> {
    await grant(rights);
    broker = redis({ url: `redis://cam:${PASSWORD}@${server.host}:${server.port}`, retryMaxMs: 500, ...options });
    errors = [];
    broker.errors$.subscribe((error) => errors.push(error));
  }
  const publisher = (topic = `video-${randomUUID()}`) => {
    const one = new TestPublisher(broker, topic, 'gate', { everyMs: 20, bytes: 1_000 });
    publishers.push(one);
    return one;
  };
  const said = () => errors.map(({ code, message }) => `${code} ${message}`);

  it('needs only the rights that the documentation lists', async () => {
    await user(`~video* ${ALL}`, { maxStreamBytes: 10_000 });
    const one = publisher();
    await one.acknowledges(60);
    one.isInOrder();
    expect(errors).toEqual([]);
  });

  it('without XTRIM gets one warning with the first message, and its stream grows beyond the limit', async () => {
    await user('~* +multi +exec +xadd', { maxStreamBytes: 10_000 });
    const one = publisher();
    await one.acknowledges(1);
    expect(said()).toHaveLength(1);
    expect(said()[0]).toMatch(/BROKER_UNAUTHORIZED .*xtrim.*maxLen/);
    const two = publisher();
    await Promise.all([one.acknowledges(60), two.acknowledges(20)]);
    expect(broker.state).toMatchObject({ status: 'connected' });
    expect(broker.state.waiting).toBeUndefined();
    expect(errors).toHaveLength(1);
  });

  it('that loses XTRIM while it writes continues as well', async () => {
    await user(`~* ${ALL}`, { maxStreamBytes: 10_000 });
    const one = publisher();
    await one.acknowledges(5);
    await grant('~* +multi +exec +xadd');
    await one.acknowledges(60);
    one.isInOrder();
    expect(said()).toHaveLength(1);
    expect(said()[0]).toMatch(/xtrim/);
  });

  it('without XADD gets an error at once, and its messages wait until the right is granted', async () => {
    await user('~* +multi +exec +xtrim');
    const one = publisher();
    await when('it is said', () => errors.length > 0);
    expect(said()[0]).toMatch(/BROKER_UNAUTHORIZED .*xadd/);
    expect(broker.state).toMatchObject({ waiting: [{ topic: one.topic, error: { code: 'BROKER_UNAUTHORIZED' } }] });
    await grant(`~* ${ALL}`);
    await one.acknowledges(50);
    one.isInOrder();
    expect(broker.state.waiting).toBeUndefined();
  });

  it('with the right to only some streams writes to those, and the others are reported', async () => {
    await user(`~video* ${ALL}`);
    const [allowed, other] = [publisher(), publisher(`other-${randomUUID()}`)];
    await allowed.acknowledges(50);
    await when('it is named', () => broker.state.waiting !== undefined);
    expect(broker.state.waiting?.map(({ topic }) => topic)).toEqual([other.topic]);
    expect(other.acks).toEqual([]);
    expect(new Set(said()).size).toBe(1);
  });

  it('without XGROUP writes to a stream that has its group, and reports the remedy if there is none', async () => {
    await user('~* +multi +exec +xadd +xtrim');
    const [there, missing] = [`there-${randomUUID()}`, `missing-${randomUUID()}`];
    await admin.xgroup('CREATE', there, 'readers', '0', 'MKSTREAM');
    const send = (topic: string) => lastValueFrom(of(new FakeRun(topic).message({ consumerGroup: 'readers' })).pipe(publish(broker, { topic }), toArray()));
    expect(await send(there)).toHaveLength(1);
    expect(errors).toEqual([]);
    const sent = send(missing);
    await when('it is said', () => errors.length > 0);
    expect(said()[0]).toMatch(/BROKER_UNAUTHORIZED .*XGROUP CREATE missing-.* readers 0 MKSTREAM/);
    await admin.xgroup('CREATE', missing, 'readers', '0', 'MKSTREAM');
    expect(await sent).toHaveLength(1);
  });
});
