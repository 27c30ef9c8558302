/** Many cameras start at once, each with a topic that does not exist, and the broker is far away. */
import { randomUUID } from 'node:crypto';
import { firstValueFrom, merge, of, take, toArray } from 'rxjs';
import { type Admin, Kafka, logLevel } from 'kafkajs';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { publish } from '../../operators/publish.js';
import { type Broker, type Published, kafka } from '../../src/index.js';
import { KAFKA_DRIVERS, type KafkaServer, type TcpProxy, freePort, needs, startKafka, startTcpProxy, threeQuestions } from '../services/index.js';
import { FakeRun } from '../unit/broker/outbox-fakes.js';
import { TestPublisher, adminOf, makeTopic } from './fixtures/test-publisher.js';

const AWAY_MS = 150;
const CAMERAS = 200;
/** One camera after the other takes a minute; ms. The broker's own time for two hundred topics is measured separately, without the delay. */
const OWN_MS = 15_000;

needs('kafka').each(KAFKA_DRIVERS)('a Kafka that is 150 ms away, %s', (driver) => {
  let server: KafkaServer;
  let proxy: TcpProxy;
  let admin: Admin;
  let broker: Broker;

  beforeAll(async () => {
    const advertisedPort = await freePort();
    server = await startKafka({ advertisedPort });
    proxy = await startTcpProxy({ port: server.port }, { port: advertisedPort });
    admin = await adminOf(new Kafka({ brokers: [server.address], logLevel: logLevel.NOTHING }));
  });
  afterEach(async () => {
    proxy.delay(0);
    expect((await broker.close({ deadlineMs: 20_000 })).unsent).toBe(0);
    await threeQuestions({});
  });
  afterAll(async () => {
    await admin.disconnect();
    await proxy.stop();
    await server.stop();
  });

  /** Each camera's first picture, to its own topic. */
  async function firstPictures(topics: readonly string[]): Promise<{ ms: number; acks: readonly Published[] }> {
    const start = performance.now();
    const pictures = topics.map((topic) => of(new FakeRun(topic).message()).pipe(publish(broker, { topic })));
    const acks = await firstValueFrom(merge(...pictures).pipe(take(topics.length), toArray()));
    return { ms: performance.now() - start, acks };
  }

  const names = (what: string) => Array.from({ length: CAMERAS }, (_, index) => `${what}-${index}-${randomUUID()}`);

  it(`sends the first pictures of ${CAMERAS} cameras within seconds, and does not delay running cameras`, async () => {
    const running = `running-${randomUUID()}`;
    await makeTopic(admin, running, [server.nodeId]);
    broker = kafka({ driver, brokers: [server.address] });
    const { ms: makingMs } = await firstPictures(names('apart'));
    await broker.close();
    proxy.delay(AWAY_MS);
    broker = kafka({ driver, brokers: [server.address] });
    const errors: string[] = [];
    broker.errors$.subscribe(({ message }) => errors.push(message));
    const publisher = new TestPublisher(broker, running, 'gate');
    await publisher.acknowledges(20);
    publisher.longestMs = 0;
    const accepted = proxy.accepted;
    const { ms, acks } = await firstPictures(names('video'));
    expect(acks).toHaveLength(CAMERAS);
    expect(ms).toBeLessThan(OWN_MS + makingMs);
    // A round trip takes 300 ms, and the broker answers one request of a connection after the other.
    expect(publisher.longestMs).toBeLessThan(5_000 + makingMs);
    expect(proxy.accepted).toBe(accepted);
    expect(errors).toEqual([]);
    publisher.stop();
    publisher.isInOrder();
  });

  it('sends those of existing topics as well, with a new handle', async () => {
    const topics = names('there');
    await admin.createTopics({ topics: topics.map((topic) => ({ topic })), waitForLeaders: true });
    proxy.delay(AWAY_MS);
    broker = kafka({ driver, brokers: [server.address] });
    const { ms } = await firstPictures(topics);
    expect(ms).toBeLessThan(OWN_MS);
  });

  it('reports the reason why a topic can\'t be created, and sends the others', async () => {
    broker = kafka({ driver, brokers: [server.address], replicationFactor: 3, retryInitialMs: 60_000 });
    const [there, missing] = [`there-${randomUUID()}`, `missing-${randomUUID()}`];
    await makeTopic(admin, there, [server.nodeId]);
    const errors: string[] = [];
    broker.errors$.subscribe(({ message }) => errors.push(message));
    const [a, b] = [new TestPublisher(broker, there, 'gate'), new TestPublisher(broker, missing, 'gate')];
    await a.acknowledges(10);
    expect(broker.state).toMatchObject({ status: 'connected', waiting: [{ topic: missing }] });
    expect(errors).toHaveLength(1);
    expect(errors[0]).toMatch(/missing-.*replication factor/i);
    a.stop();
    b.stop();
    await makeTopic(admin, missing, [server.nodeId]);
  });
});
