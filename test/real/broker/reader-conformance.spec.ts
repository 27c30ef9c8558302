/** The requirements for reading from any broker: one suite, run for each kind. */
import { randomUUID } from 'node:crypto';
import { type Observable, Subject, delay, filter, firstValueFrom, from, map, of, scan, take, tap, toArray } from 'rxjs';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { deliver } from '../../../operators/deliver.js';
import { publish } from '../../../operators/publish.js';
import { subscribe, type SubscribeConfig } from '../../../operators/subscribe.js';
import type { Broker, EntryId } from '../../../src/broker/index.js';
import type { CameraMessage } from '../../../src/core/frame/frame.js';
import type { Received } from '../../../src/message/index.js';
import { needs } from '../../services/index.js';
import { all, closeAll, made, opened } from './broker-messages.js';
import { SUBJECTS, kafkaSubject, type Subject as BrokerSubject } from './subjects/index.js';

afterEach(closeAll);

const numberOf = (received: Received) => Number(received.header('order'));
const numbers = (count: number, first = 1) => Array.from({ length: count }, (_, index) => first + index);

function conforms(subject: BrokerSubject): void {
  beforeAll(() => subject.start());
  afterAll(() => subject.stop());
  let topic = '';
  const broker = () => {
    topic = `read-${randomUUID()}`;
    return opened(subject.broker());
  };
  const send = (handle: Broker, messages: CameraMessage[]) => all(from(messages).pipe(publish(handle, { topic })));
  const read = (handle: Broker, options: Partial<SubscribeConfig>) => all(subscribe(handle, { topic, to: 'latest', ...options }));

  it('gives each message in order, with its bytes, headers, key and place', async () => {
    const handle = broker();
    const sent = made(300);
    const acks = await send(handle, sent);
    const received = await read(handle, { from: 'earliest' });
    expect(received.map(numberOf)).toEqual(numbers(300));
    expect(received.every(({ value }, index) => value.equals(sent[index]?.value as Buffer))).toBe(true);
    expect(received.map(({ partition, offset, streamId }) => ({ partition, offset, streamId })))
      .toEqual(acks.map(({ partition, offset, streamId }) => ({ partition, offset, streamId })));
    const [first] = received;
    expect(first).toMatchObject({ topic, key: 'cam' });
    expect(first?.headers).toMatchObject({ text: 'Lagerhalle Süd – 倉庫', order: '1', ce_previousorder: '0' });
    expect(first?.header('text')).toBe('Lagerhalle Süd – 倉庫');
    expect(first?.header('toString')).toBeUndefined();
    expect(Math.abs((first?.timestamp ?? 0) - (subject.name === 'kafka' ? 0 : Date.now()))).toBeLessThan(60_000);
  });

  it('begins with the next message, and ends when it is left', async () => {
    const handle = broker();
    await send(handle, made(5));
    const messages = subscribe(handle, { topic });
    const first = firstValueFrom(messages.pipe(take(3), map(numberOf), toArray()));
    await isConnected(messages);
    await send(handle, made(8).slice(5));
    expect(await first).toEqual([6, 7, 8]);
    expect(messages.stats).toMatchObject({ status: 'idle', received: 3, failures: 0, inbox: { messages: 0, bytes: 0 } });
  });

  it('begins at its position: a number from the end, a time, an offset', async () => {
    const handle = broker();
    const acks = await send(handle, made(20).map((one, index) => ({ ...one, capturedAt: 1_700_000_000_000 + 1_000 * index })));
    const seen = async (options: Partial<SubscribeConfig>) => (await read(handle, options)).map(numberOf);
    expect(await seen({ from: { last: 4 } })).toEqual([17, 18, 19, 20]);
    expect(await seen({ from: { last: 1_000 } })).toEqual(numbers(20));
    expect(await seen({ from: 'latest' })).toEqual([]);
    expect(await seen({ from: new Date(Date.now() + 60_000) })).toEqual([]);
    expect(await seen({ from: 0 })).toEqual(numbers(20));
    const place = (index: number) => (acks[index]?.streamId as EntryId | undefined) ?? { offset: acks[index]?.offset as string };
    expect(await seen({ from: place(11), to: place(14) })).toEqual([12, 13, 14, 15]);
    const all = await read(handle, { from: 'earliest' });
    if (subject.name === 'kafka') expect(await seen({ from: all[9]?.timestamp as number, to: new Date(all[11]?.timestamp as number) })).toEqual([10, 11, 12]);
  });

  it('finds the messages of one key among others', async () => {
    const handle = broker();
    for (let round = 0; round < 4; round++) {
      await send(handle, made(6, { key: 'other', camera: 'other' }));
      await send(handle, made(2, { key: 'own', camera: 'own' }));
    }
    const own = await read(handle, { from: 'earliest', key: 'own' });
    expect(own.map((one) => [one.key, numberOf(one)])).toEqual([1, 2, 1, 2, 1, 2, 1, 2].map((number) => ['own', number]));
    expect((await read(handle, { from: { last: 3 }, key: 'own' })).map(numberOf)).toEqual([2, 1, 2]);
    expect(await read(handle, { from: { last: 3 }, key: 'none' })).toEqual([]);
  });

  it('waits for a topic that is made later, and misses nothing of it', async () => {
    const handle = broker();
    const messages = subscribe(handle, { topic });
    const received = firstValueFrom(messages.pipe(take(5), map(numberOf), toArray()));
    await isConnected(messages);
    await send(handle, made(5));
    expect(await received).toEqual(numbers(5));
    expect(await all(subscribe(handle, { topic: `none-${topic}`, from: 'earliest', to: 'latest' }))).toEqual([]);
  });

  it('reads again for each subscription, and keeps no more alive than the message', async () => {
    const handle = broker();
    await send(handle, made(200, {}, 4_000));
    const messages = subscribe(handle, { topic, from: 'earliest', to: 'latest' });
    for (let round = 0; round < 2; round++) {
      const received = await all(messages);
      expect(received.map(numberOf)).toEqual(numbers(200));
      expect(Math.max(...received.map(({ value }) => value.buffer.byteLength))).toBeLessThan(8_000);
    }
  });

  it('pauses while the inbox is full: a slow consumer holds little, and gets everything', async () => {
    const handle = broker();
    const bytes = subject.name === 'memory' ? 1_000 : 20_000;
    await send(handle, made(600, {}, bytes));
    const messages = subscribe(handle, { topic, from: 'earliest', to: 'latest', inbox: { maxMessages: 100 } });
    let mostHeld = 0;
    const taken = await all(messages.pipe(
      tap(() => { mostHeld = Math.max(mostHeld, messages.stats.inbox.messages + messages.stats.received); }),
      deliver((one) => of(numberOf(one)).pipe(delay(1), tap(() => { mostHeld = Math.max(mostHeld, messages.stats.inbox.messages); })), { outbox: { maxMessages: 50 } }),
    ));
    expect(taken).toEqual(numbers(600));
    expect(messages.stats.inbox).toEqual({ messages: 0, bytes: 0 });
  });

  it('emits no more than the inbox holds until the user acknowledges them', async () => {
    const handle = broker();
    await send(handle, made(50));
    const out: Received[] = [];
    const more = new Subject<void>();
    const done = all(subscribe(handle, { topic, from: 'earliest', to: 'latest', acknowledge: 'manual', inbox: { maxMessages: 10 } }).pipe(
      tap((one) => { out.push(one); more.next(); }), filter(() => false),
    ) as Observable<never>);
    const reaches = (count: number) => (out.length >= count ? Promise.resolve() : firstValueFrom(more.pipe(filter(() => out.length >= count))));
    for (let taken = 0; taken < 50; taken++) {
      await reaches(Math.min(50, taken + 10));
      expect(out.length).toBeLessThanOrEqual(taken + 10);
      out[taken]?.acknowledge();
      out[taken]?.acknowledge();
    }
    await done;
    expect(out.map(numberOf)).toEqual(numbers(50));
  });

  it('shares a topic in a group, whose place is behind what was taken', async () => {
    const handle = broker();
    await send(handle, made(30));
    const group = `group-${topic}`;
    const [first, second]: [number[], number[]] = [[], []];
    const member = (taken: number) => new Promise<void>((resolve) => {
      const subscription = subscribe(handle, { topic, from: 'earliest', group, acknowledge: 'manual' }).subscribe((one) => {
        if (first.length === taken) return;
        first.push(numberOf(one));
        one.acknowledge();
        if (first.length < taken) return;
        resolve();
        setImmediate(() => { subscription.unsubscribe(); });
      });
    });
    await member(12);
    const rest = await firstValueFrom(subscribe(handle, { topic, group }).pipe(map(numberOf), tap((one) => { second.push(one); }), scan((all, one) => all.add(one), new Set(first)), filter(({ size }) => size === 30)));
    expect(first).toEqual(numbers(12));
    expect([...rest].sort((a, b) => a - b)).toEqual(numbers(30));
    expect(second).toEqual(numbers(18, 13));
    // Another group has its own position.
    expect(await firstValueFrom(subscribe(handle, { topic, from: 'earliest', group: `other-${group}` }).pipe(map(numberOf)))).toBe(1);
    expect(() => subscribe(handle, { topic, group, key: 'a' })).toThrow("option 'key': given together with a group");
    expect(() => subscribe(handle, { topic, group, from: { last: 1 } })).toThrow("option 'from': a position given together with a group");
  });

  it('completes when the broker is closed', async () => {
    const handle = broker();
    await send(handle, made(3));
    const received = all(subscribe(handle, { topic, from: 'earliest' }).pipe(map(numberOf), tap((one) => { if (one === 3) setImmediate(() => { void handle.close(); }); })));
    expect(await received).toEqual([1, 2, 3]);
    expect(() => subscribe(handle, { topic })).toThrow(/^subscribe: option 'broker'.*is closed/);
  });
}

/** Resolves when the reading has begun: what is sent from then on is part of it. */
async function isConnected(messages: { readonly stats: { readonly status: string } }): Promise<void> {
  while (messages.stats.status !== 'connected') await new Promise((resolve) => { setTimeout(resolve, 5); });
}

describe('memory', () => {
  conforms(SUBJECTS.memory());
});

needs('redis')('redis', () => {
  conforms(SUBJECTS.redis());
});

needs('kafka')('kafka', () => {
  conforms(SUBJECTS.kafka());
});

needs('kafka')('kafka by @platformatic/kafka', () => {
  conforms(kafkaSubject({ driver: 'platformatic' }));
});
