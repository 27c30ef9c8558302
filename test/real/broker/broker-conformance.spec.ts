/** What every broker must do, whatever it is: one suite, run for each kind. */
import { randomBytes, randomUUID } from 'node:crypto';
import { Subject as RxSubject, filter, firstValueFrom, from, merge } from 'rxjs';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { publish } from '../../../operators/publish.js';
import type { CameraMessage } from '../../../src/core/frame/frame.js';
import { needs } from '../../services/index.js';
import { FakeRun } from '../../unit/broker/outbox-fakes.js';
import { all, closeAll, isUnavailable, isWhole, made, opened, orders, ordersRead } from './broker-messages.js';
import { type Common, type Subject, kafkaSubject, memorySubject, redisSubject } from './broker-subjects.js';

afterEach(closeAll);

function conforms(subject: Subject): void {
  beforeAll(() => subject.start());
  afterAll(() => subject.stop());
  const broker = (options?: Common) => opened(subject.broker(options));
  const topicOf = (name: string) => `${name}-${randomUUID()}`;

  it('keeps order, bytes and headers, and tells where each message is', async () => {
    const handle = broker();
    const topic = topicOf('order');
    const acks = await all(from(made(100)).pipe(publish(handle, { topic })));
    const read = await subject.read(topic, 100, handle);
    expect(orders(acks)).toEqual(Array.from({ length: 100 }, (_, index) => index + 1));
    expect(ordersRead(read)).toEqual(orders(acks));
    expect(read.every(isWhole)).toBe(true);
    expect(read.map(({ headers }) => headers['text'])).toEqual(read.map(() => 'Lagerhalle Süd – 倉庫'));
    expect(read.map(({ headers }) => headers['ce_previousorder'])).toEqual(read.map((_, index) => String(index)));
    expect(read.map(({ key }) => key)).toEqual(read.map(() => 'cam'));
    expect(acks.map(({ partition, offset, streamId }) => ({ partition, offset, streamId })))
      .toEqual(read.map(({ partition, offset, streamId }) => ({ partition, offset, streamId })));
    expect(handle.state).toEqual({ status: 'connected', outbox: { messages: 0, bytes: 0 } });
  });

  it('sends the messages of many topics and keys together, each in its order', async () => {
    const handle = broker();
    const topic = topicOf('lanes');
    const lanes = ['a', 'b', 'c'].map((key) => from(made(40, { key, camera: key })).pipe(publish(handle, { topic })));
    const other = topicOf('lanes');
    const acks = await all(merge(...lanes, from(made(40)).pipe(publish(handle, { topic: other }))));
    expect(acks).toHaveLength(160);
    const read = await subject.read(topic, 120, handle);
    for (const key of ['a', 'b', 'c']) expect(ordersRead(read.filter((one) => one.key === key))).toEqual(orders(made(40)));
    expect(ordersRead(await subject.read(other, 40, handle))).toEqual(orders(made(40)));
    for (const ack of acks.filter((one) => one.topic === topic)) {
      const found = read.find((one) => one.partition === ack.partition && one.offset === ack.offset && one.streamId === ack.streamId);
      expect([found?.key, Number(found?.headers['order'])]).toEqual([ack.key, ack.inputOrder]);
    }
  });

  it('drops a message that is too large, alone, and says so', async () => {
    const handle = broker({ maxMessageBytes: 100_000 });
    const topic = topicOf('large');
    const run = new FakeRun();
    const messages = made(10).map((one, index) => run.message({ ...one, ...(index === 4 && { value: randomBytes(100_001) }) }));
    const errors = all(handle.errors$);
    const acks = await all(from(messages).pipe(publish(handle, { topic })));
    await handle.close();
    expect(orders(acks)).toEqual([1, 2, 3, 4, 6, 7, 8, 9, 10]);
    expect(run.ledger.dropped['too-large']).toBe(1);
    expect((await errors).map(({ code }) => code)).toEqual(['MESSAGE_TOO_LARGE']);
    const read = await subject.read(topic, 9, handle);
    expect(read.map(({ headers }) => headers['ce_previousorder'])).toEqual(['0', '1', '2', '3', '4', '6', '7', '8', '9']);
  });

  it('sends what it holds when it is closed, and says that nothing is left', async () => {
    const handle = broker({ lingerMs: 60_000 });
    const topic = topicOf('close');
    const acks = all(from(made(50)).pipe(publish(handle, { topic })));
    expect(await handle.close()).toEqual({ unsent: 0, unsentBytes: 0, byTopic: {} });
    expect(await acks).toHaveLength(50);
    expect(handle.state.status).toBe('closed');
    expect(() => publish(handle, { topic })).toThrow(/is closed/);
  });
}

function survives(subject: Subject): void {
  const broker = (options?: Common) => opened(subject.broker(options));
  const server = () => subject.server as NonNullable<Subject['server']>;

  it('sends everything in order when the broker has been down for a while', async () => {
    const handle = broker();
    const topic = `down-${randomUUID()}`;
    const messages$ = new RxSubject<CameraMessage>();
    const acks = all(messages$.pipe(publish(handle, { topic })));
    const messages = made(60);
    const connected = firstValueFrom(handle.state$.pipe(filter(({ status, outbox }) => status === 'connected' && outbox.messages === 0)));
    for (const one of messages.slice(0, 20)) messages$.next(one);
    await connected;
    await server().down();
    const noticed = isUnavailable(handle);
    for (const one of messages.slice(20)) messages$.next(one);
    await noticed;
    messages$.complete();
    expect(handle.state).toMatchObject({ status: 'unavailable', error: { code: 'BROKER_UNAVAILABLE' }, outbox: { messages: 40 } });
    await server().start();
    expect(orders(await acks)).toEqual(orders(messages));
    const read = await subject.read(topic, 60, handle);
    expect([...new Set(ordersRead(read))]).toEqual(orders(messages));
    expect(read.every(isWhole)).toBe(true);
    expect(handle.state.status).toBe('connected');
  });

  it('sends everything in order when the broker has hung for longer than a request may take', async () => {
    const handle = broker({ requestTimeoutMs: 1_000 } as Common);
    const topic = `hung-${randomUUID()}`;
    await all(from(made(1)).pipe(publish(handle, { topic })));
    server().pause();
    const acks = all(from(made(20)).pipe(publish(handle, { topic })));
    try {
      await isUnavailable(handle);
    } finally {
      server().resume();
    }
    expect(orders(await acks)).toEqual(orders(made(20)));
    const read = await subject.read(topic, 21, handle);
    expect([...new Set(ordersRead(read.slice(1)))]).toEqual(orders(made(20)).slice(0, new Set(ordersRead(read.slice(1))).size));
  });

  it('says what it could not send when it is closed while the broker is down', async () => {
    const password = 'se/cr:et@#%20x';
    const handle = opened(await subject.unreachable(password));
    const run = new FakeRun();
    const failures = all(handle.errors$);
    const acks = all(from(made(3).map((one) => run.message(one))).pipe(publish(handle, { topic: 't' })));
    const { error } = await isUnavailable(handle);
    const report = await handle.close({ deadlineMs: 300 });
    expect(report).toEqual({ unsent: 3, unsentBytes: 6_000, byTopic: { t: { messages: 3, bytes: 6_000 } } });
    expect(await acks).toEqual([]);
    expect(run.ledger.dropped.closed).toBe(3);
    const shown = [error, ...await failures].flatMap((one) => [one?.message, one?.stack, JSON.stringify(one), handle.address]).join('\n');
    for (const form of [password, encodeURIComponent(password), 'cr:et']) expect(shown).not.toContain(form);
    expect(shown).toContain('127.0.0.1');
  });
}

describe('memory', () => {
  conforms(memorySubject());
});

needs('redis')('redis', () => {
  const subject = redisSubject();
  conforms(subject);
  survives(subject);
});

needs('kafka')('kafka', () => {
  const subject = kafkaSubject();
  conforms(subject);
  survives(subject);
});
