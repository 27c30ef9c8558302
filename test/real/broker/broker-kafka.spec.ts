/** Faults of messages that only Kafka has. */
import { randomBytes, randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import { type Admin, Kafka, type SASLOptions, logLevel } from 'kafkajs';
import { pino } from 'pino';
import { ReplaySubject, Subject, firstValueFrom, from, take, toArray } from 'rxjs';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { publish } from '../../../operators/publish.js';
import { subscribe } from '../../../operators/subscribe.js';
import { brokerFindings } from '../../../src/apps/cli/doctor/broker.js';
import { DOCTOR_TOPIC } from '../../../src/apps/cli/doctor/doctor-target.js';
import { type KafkaConfig, examineBroker, kafka } from '../../../src/broker/index.js';
import type { CameraMessage, Published } from '../../../src/core/frame/frame.js';
import { KAFKA_DRIVERS, type KafkaServer, certificateFor, freePort, needs, startKafka, temporaryFolder, unsignedToken } from '../../services/index.js';
import { all, closeAll, made, opened, orders } from './broker-messages.js';

needs('kafka', 'ffmpeg').each(KAFKA_DRIVERS)('kafka, %s', (driver) => {
  let server: KafkaServer;
  let admin: Admin;
  beforeAll(async () => {
    server = await startKafka();
    admin = new Kafka({ brokers: [server.address], logLevel: logLevel.NOTHING }).admin();
    await admin.connect();
  });
  afterEach(closeAll);
  afterAll(async () => {
    await admin.disconnect();
    await server.stop();
  });

  it('finds the message that is larger than the topic takes', async () => {
    const topic = `limit-${randomUUID()}`;
    await admin.createTopics({ topics: [{ topic, configEntries: [{ name: 'max.message.bytes', value: '100000' }] }] });
    const handle = opened(kafka({ driver, brokers: [server.address] }));
    const messages = made(12).map((one, index) => (index === 7 ? { ...one, value: randomBytes(150_000) } : one));
    const acks = await all(from(messages).pipe(publish(handle, { topic })));
    expect(orders(acks)).toEqual([1, 2, 3, 4, 5, 6, 7, 9, 10, 11, 12]);
  });

  it('makes the topic again when it was deleted', async () => {
    const handle = opened(kafka({ driver, brokers: [server.address] }));
    const topic = `deleted-${randomUUID()}`;
    const messages$ = new Subject<CameraMessage>();
    const acks$ = new Subject<Published>();
    messages$.pipe(publish(handle, { topic })).subscribe(acks$);
    const [first, second] = made(2) as [CameraMessage, CameraMessage];
    const firstAck = firstValueFrom(acks$);
    messages$.next(first);
    await firstAck;
    await admin.deleteTopics({ topics: [topic] });
    const secondAck = firstValueFrom(acks$.pipe(take(1)));
    messages$.next(second);
    expect(await secondAck).toMatchObject({ inputOrder: 2, offset: '0' });
  });

  it('asks for the brokers again when the connection keeps failing', async () => {
    const lists = [[`127.0.0.1:${await freePort()}`], [server.address]];
    const asked: string[] = [];
    const handle = opened(kafka({
      driver,
      brokers: () => {
        const list = lists[asked.length < 3 ? 0 : 1] as string[];
        asked.push(...list);
        return Promise.resolve(list);
      },
    }));
    const [ack] = await all(from(made(1)).pipe(publish(handle, { topic: `moved-${randomUUID()}` })));
    expect(ack).toMatchObject({ offset: '0' });
    expect(handle.address).toBe(`kafka://${lists[1]?.[0]}`);
  });

  it('calls brokers again when it reconnects, and at no other time', async () => {
    let asked = 0;
    const handle = opened(kafka({ driver, brokers: () => { asked++; return [server.address]; } }));
    const [one, two, three] = made(3) as [CameraMessage, CameraMessage, CameraMessage];
    const topic = `asked-${randomUUID()}`;
    const send = (message: CameraMessage) => all(from([message]).pipe(publish(handle, { topic })));
    await send(one);
    const first = asked;
    expect(orders(await send(two))).toEqual([2]);
    expect(asked).toBe(first);
    handle.reconnect();
    expect(orders(await send(three))).toEqual([3]);
    expect(asked).toBeGreaterThan(first);
  });

  it('does not hold up other topics when one may not be made', async () => {
    const handle = opened(kafka({ driver, brokers: [server.address], replicationFactor: 3 }));
    const there = `there-${randomUUID()}`;
    await admin.createTopics({ topics: [{ topic: there }] });
    const refused = firstValueFrom(handle.errors$);
    const waiting = from(made(1)).pipe(publish(handle, { topic: `no-${randomUUID()}` })).subscribe();
    const acks = await all(from(made(20, { key: 'other' })).pipe(publish(handle, { topic: there })));
    expect(acks).toHaveLength(20);
    expect((await refused).code).toBe('BROKER_UNAVAILABLE');
    waiting.unsubscribe();
  });

  it('logs in, and never shows the password', async () => {
    const secured = await startKafka({ sasl: { username: 'camera', password: 'hush-hush"1' } });
    try {
      const sasl = { mechanism: 'plain', username: 'camera', password: 'hush-hush"1' } as const;
      const handle = opened(kafka({ driver, brokers: [secured.address], sasl }));
      expect(await all(from(made(3)).pipe(publish(handle, { topic: 'login' })))).toHaveLength(3);
      const lines: string[] = [];
      const logger = pino({ level: 'trace' }, { write: (line) => { lines.push(line); } });
      const wrong = opened(kafka({ driver, brokers: [secured.address], sasl: { ...sasl, password: 'wrong-secret' }, logger }));
      const failure = firstValueFrom(wrong.errors$);
      from(made(1)).pipe(publish(wrong, { topic: 'login' })).subscribe();
      const { message: text, stack } = await failure;
      expect(wrong.state.status).toBe('unavailable');
      expect(text).toMatch(/authentication/i);
      expect(lines.length).toBeGreaterThan(0);
      expect([text, stack, ...lines].join()).not.toContain('wrong-secret');
    } finally {
      await closeAll();
      await secured.stop();
    }
  });

  it('connects by TLS and logs in with SCRAM, to write and to read, and refuses a certificate without a known authority', async () => {
    // Each by one of the libraries: a server takes its time.
    const mechanism = driver === 'kafkajs' ? 'scram-sha-256' : 'scram-sha-512';
    const folder = temporaryFolder('tls');
    const login = { username: 'camera', password: 'hush-hush' };
    const { pemFile, certificate } = await certificateFor('localhost', folder);
    const secured = await startKafka({ tls: { pemFile }, sasl: { ...login, mechanism } });
    try {
      // The name in the certificate is that of the host, which the address does not have.
      const ssl = { ca: certificate, servername: 'localhost' };
      const config: KafkaConfig = { driver, brokers: [secured.address], ssl, sasl: { mechanism, ...login } as SASLOptions };
      const handle = opened(kafka(config));
      const messages = made(3);
      expect(await all(from(messages).pipe(publish(handle, { topic: 'secured' })))).toHaveLength(3);
      const read = await firstValueFrom(subscribe(handle, { topic: 'secured', from: 'earliest' }).pipe(take(3), toArray()));
      expect(read.map(({ value }, index) => value.equals(messages[index]?.value as Buffer))).toEqual([true, true, true]);

      // The doctor asks in the same way: the limit of the topic, and the time that the broker gives to its own message.
      const visit = { target: { broker: handle, topic: 'secured' }, examine: (topic: string) => examineBroker('kafka', config, { topic, own: DOCTOR_TOPIC }) };
      const findings = new Map((await brokerFindings(visit)).map((one) => [one.name, one]));
      expect(findings.get('broker size')).toMatchObject({ state: 'ok', facts: { maxMessageBytes: 10 * 1024 ** 2 } });
      expect(findings.get('clock')).toMatchObject({ state: 'ok', facts: { clockMs: expect.toSatisfy((ms: number) => Math.abs(ms) < 1_000) as number } });

      const strange = opened(kafka({ ...config, ssl: true }));
      const distrust = firstValueFrom(strange.errors$);
      from(made(1)).pipe(publish(strange, { topic: 'secured' })).subscribe();
      expect((await distrust).message).toMatch(/self-signed certificate/);

      const wrong = opened(kafka({ ...config, sasl: { mechanism, username: 'camera', password: 'wrong-secret' } as SASLOptions }));
      const refusal = firstValueFrom(wrong.errors$);
      from(made(1)).pipe(publish(wrong, { topic: 'secured' })).subscribe();
      const { message, stack } = await refusal;
      expect(message).toMatch(/authentication/i);
      expect([message, stack].join()).not.toContain('wrong-secret');
    } finally {
      await closeAll();
      await secured.stop();
      rmSync(folder, { recursive: true });
    }
  });

  it('logs in with a token, and asks for another one when it is refused', async () => {
    const secured = await startKafka({ sasl: { username: 'camera', password: '', mechanism: 'oauthbearer' } });
    try {
      let tokens = 0;
      const oauthBearerProvider = () => Promise.resolve({ value: tokens++ === 0 ? 'no.token.atall' : unsignedToken('camera') });
      const handle = opened(kafka({ driver, brokers: [secured.address], sasl: { mechanism: 'oauthbearer', oauthBearerProvider } }));
      const refusal = firstValueFrom(handle.errors$);
      expect(await all(from(made(3)).pipe(publish(handle, { topic: 'token' })))).toHaveLength(3);
      expect((await refusal).message).not.toContain('no.token.atall');
      expect(tokens).toBeGreaterThan(1);
    } finally {
      await closeAll();
      await secured.stop();
    }
  });

  it('continues with the new leader when a broker of the cluster is gone', async () => {
    const first = await startKafka({ properties: { 'min.insync.replicas': '1' } });
    const second = await startKafka({ joins: first });
    try {
      const handle = opened(kafka({ driver, brokers: [first.address, second.address], replicationFactor: 2, numPartitions: 4 }));
      const topic = 'moves';
      const messages$ = new Subject<CameraMessage>();
      const acks$ = new ReplaySubject<Published>();
      messages$.pipe(publish(handle, { topic, key: ({ inputOrder }) => `k${inputOrder % 8}` })).subscribe(acks$);
      const messages = made(64);
      for (const one of messages.slice(0, 32)) messages$.next(one);
      await firstValueFrom(acks$.pipe(take(32), toArray()));
      await second.kill();
      for (const one of messages.slice(32)) messages$.next(one);
      messages$.complete();
      const acks = await all(acks$);
      expect(new Set(orders(acks))).toEqual(new Set(orders(messages)));
    } finally {
      await closeAll();
      await second.stop();
      await first.stop();
    }
  }, 120_000);
});
