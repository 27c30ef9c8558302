/** Users of a Kafka with ACLs without some of the rights that rxcam uses: a refusal is reported at once, and rxcam continues when the right is granted. */
import { randomUUID } from 'node:crypto';
import { AclOperationTypes, AclPermissionTypes, AclResourceTypes, type Admin, Kafka, ResourcePatternTypes, logLevel } from 'kafkajs';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { type SubscribeConfig } from '../../operators/index.js';
import { type Broker, type RxcamError, kafka } from '../../src/index.js';
import { ReadingUnderTest, Sender, numbers } from '../faults/reader-kit.js';
import { KAFKA_DRIVERS, type KafkaServer, needs, startKafka } from '../services/index.js';
import { TestPublisher, adminOf, when } from './fixtures/test-publisher.js';

const PASSWORD = 'hush-hush';
const login = (username: string) => ({ mechanism: 'plain' as const, username, password: PASSWORD });
const users = ['broker', 'admin', 'cam'].map((name) => `user_${name}="${PASSWORD}"`).join(' ');
/** A broker with ACLs, in KRaft mode; rights that are not granted are denied. */
const WITH_ACLS = {
  'authorizer.class.name': 'org.apache.kafka.metadata.authorizer.StandardAuthorizer',
  'super.users': 'User:broker;User:admin;User:ANONYMOUS',
  'listener.name.clients.plain.sasl.jaas.config':
    `org.apache.kafka.common.security.plain.PlainLoginModule required username="broker" password="${PASSWORD}" ${users};`,
};
const { READ, WRITE, DESCRIBE } = AclOperationTypes;

needs('kafka').each(KAFKA_DRIVERS)('a user of Kafka, %s', (driver) => {
  let server: KafkaServer;
  let admin: Admin;
  let topic: string;
  let one: ReadingUnderTest | undefined;
  const publishers: TestPublisher[] = [];
  const brokers: Broker[] = [];
  beforeAll(async () => {
    server = await startKafka({ sasl: login('admin'), properties: WITH_ACLS });
    admin = await adminOf(new Kafka({ brokers: [server.address], sasl: login('admin'), logLevel: logLevel.NOTHING }));
  });
  afterEach(async () => {
    for (const publisher of publishers.splice(0)) publisher.stop();
    // As the three questions require.
    await one?.stop();
    one = undefined;
    await Promise.all(brokers.splice(0).map((broker) => broker.close({ deadlineMs: 200 })));
    await admin.deleteAcls({ filters: [{ ...ANYTHING, resourceType: AclResourceTypes.ANY }] });
  });
  afterAll(async () => {
    await admin.disconnect();
    await server.stop();
  });

  const ANYTHING = {
    resourcePatternType: ResourcePatternTypes.ANY, operation: AclOperationTypes.ANY, permissionType: AclPermissionTypes.ANY,
  };
  const grant = (name: string, operations: readonly AclOperationTypes[], resourceType = AclResourceTypes.TOPIC) => admin.createAcls({
    acl: operations.map((operation) => ({
      resourceType, resourceName: name, resourcePatternType: ResourcePatternTypes.LITERAL, principal: 'User:cam', host: '*', operation,
      permissionType: AclPermissionTypes.ALLOW,
    })),
  });
  const revoke = (operation: AclOperationTypes) => admin.deleteAcls({ filters: [{ ...ANYTHING, resourceType: AclResourceTypes.TOPIC, resourceName: topic, operation }] });
  const opened = (username: string) => {
    const broker = kafka({ driver, brokers: [server.address], sasl: login(username), retryMaxMs: 500 });
    brokers.push(broker);
    return broker;
  };
  /** A topic, and messages in it. */
  const sent = async () => {
    topic = `video-${randomUUID()}`;
    const sender = new Sender(opened('admin'), topic);
    await sender.send(5);
    return sender;
  };
  const reading = (config: Partial<SubscribeConfig> = {}) => {
    one = new ReadingUnderTest(opened('cam'), { topic, from: 'earliest', ...config }, [PASSWORD]);
    return one;
  };
  const isRefused = (error: RxcamError | undefined, what: RegExp) => {
    expect(error).toMatchObject({ code: 'BROKER_UNAUTHORIZED' });
    expect(error?.message).toMatch(what);
  };
  const sending = (name: string) => {
    const broker = opened('cam');
    const errors: RxcamError[] = [];
    broker.errors$.subscribe((error) => errors.push(error));
    const publisher = new TestPublisher(broker, name, 'gate', { everyMs: 20 });
    publishers.push(publisher);
    return { broker, errors, publisher };
  };

  it.each([['nothing', []], ['only the description of a topic', [DESCRIBE]]] as const)('with the right to read %s gets an error at once, and reads when the right is granted', async (_, rights) => {
    await sent();
    if (rights.length > 0) await grant(topic, rights);
    const under = reading();
    await under.when(() => under.errors.length > 0);
    isRefused(under.errors[0], new RegExp(`topic '${topic}'.*not authorized.*Read and Describe on the topic`, 'i'));
    expect(under.stats.status).toBe('unavailable');
    await grant(topic, [READ]);
    await under.receives(5);
    expect(under.check.stats).toMatchObject({ whole: 5, gaps: 0 });
  });

  it('who loses the right to read continues after the last message when it is granted again', async () => {
    const sender = await sent();
    await grant(topic, [READ]);
    const under = reading();
    await under.receives(5);
    await revoke(READ);
    await under.when(() => under.errors.length > 0);
    await sender.send(5);
    await grant(topic, [READ]);
    await under.receives(10);
    expect(under.orders).toEqual(numbers(10));
    isRefused(under.errors[0], /Read and Describe on the topic/);
  });

  it('without the right to the group gets an error, and joins the group when the right is granted', async () => {
    await sent();
    await grant(topic, [READ]);
    const under = reading({ group: 'watchers' });
    await under.when(() => under.errors.length > 0);
    isRefused(under.errors[0], /group.*Read on the group/i);
    await grant('watchers', [READ], AclResourceTypes.GROUP);
    await under.receives(5);
    expect(under.orders).toEqual(numbers(5));
  });

  it('without the right to write gets an error at once, and the messages wait until it is granted', async () => {
    await sent();
    await grant(topic, [DESCRIBE]);
    const { broker, errors, publisher } = sending(topic);
    await when('it is said', () => errors.length > 0);
    isRefused(errors[0], new RegExp(`topic '${topic}'.*Write and Describe on the topic`));
    expect(broker.state).toMatchObject({ waiting: [{ topic, error: { code: 'BROKER_UNAUTHORIZED' } }] });
    await grant(topic, [WRITE]);
    await publisher.acknowledges(30);
    publisher.isInOrder();
    expect(broker.state.waiting).toBeUndefined();
  });

  it('without the right to create a topic gets an error, and writes when the topic exists', async () => {
    const name = `made-${randomUUID()}`;
    await grant(name, [WRITE]);
    const { errors, publisher } = sending(name);
    await when('it is said', () => errors.length > 0);
    isRefused(errors[0], new RegExp(`topic '${name}'.*Create if rxcam creates it`));
    await admin.createTopics({ topics: [{ topic: name }], waitForLeaders: true });
    await publisher.acknowledges(30);
    publisher.isInOrder();
  });

  it('with the right to only one topic writes to it, and the other is reported', async () => {
    await sent();
    await grant(topic, [WRITE]);
    const { broker, errors, publisher } = sending(topic);
    const other = new TestPublisher(broker, `other-${randomUUID()}`, 'gate', { everyMs: 20 });
    publishers.push(other);
    await publisher.acknowledges(30);
    await when('it is named', () => broker.state.waiting !== undefined);
    expect(broker.state.waiting?.map(({ topic: name }) => name)).toEqual([other.topic]);
    expect(new Set(errors.map(({ code }) => code))).toEqual(new Set(['BROKER_UNAUTHORIZED']));
    expect(other.acks).toEqual([]);
  });
});
