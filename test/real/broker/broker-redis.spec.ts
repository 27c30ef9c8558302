/** Faults of messages that only Redis has. */
import { randomBytes, randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import { firstValueFrom, from } from 'rxjs';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { publish } from '../../../operators/publish.js';
import { type Broker, redis } from '../../../src/broker/index.js';
import { type RedisServer, freePort, needs, startRedis } from '../../services/index.js';
import { all, closeAll, isUnavailable, made, opened, orders } from './broker-messages.js';

needs('redis')('redis', () => {
  let server: RedisServer;
  let client: Redis;
  beforeAll(async () => {
    server = await startRedis({ requirepass: 'right', config: { 'proto-max-bulk-len': '1mb' } });
    client = new Redis(server.url);
  });
  afterEach(closeAll);
  afterAll(async () => {
    client.disconnect();
    await server.stop();
  });

  it('drops no message of another stream when the server closes the connection for one that is too large', async () => {
    const handle = opened(redis({ url: server.url, lingerMs: 0, retryInitialMs: 1, retryMaxMs: 1 }));
    const id = randomUUID();
    const large = made(10).map((one) => ({ ...one, value: randomBytes(1_500_000) }));
    const small = Array.from({ length: 8 }, (_, n) => all(from(made(60, { key: `k${n}` })).pipe(publish(handle, { topic: `small-${n}-${id}`, maxInFlight: 1 }))));
    const acks = await Promise.all([all(from(large).pipe(publish(handle, { topic: `large-${id}` }))), ...small]);
    expect(acks.map(({ length }) => length)).toEqual([0, ...small.map(() => 60)]);
  });

  it('does not delay other streams when one key is not a stream', async () => {
    const handle = opened(redis({ url: server.url }));
    const [bad, good] = [`bad-${randomUUID()}`, `good-${randomUUID()}`];
    await client.set(bad, 'a string');
    const refused = firstValueFrom(handle.errors$);
    const late = firstValueFrom(from(made(1)).pipe(publish(handle, { topic: bad })));
    const acks = await all(from(made(20, { key: 'other' })).pipe(publish(handle, { topic: good })));
    expect(acks).toHaveLength(20);
    expect((await refused).message).toContain('WRONGTYPE');
    await client.del(bad);
    expect((await late).topic).toBe(bad);
  });

  it('makes the group that a format asks for with the first entry, and again with the stream when that is gone', async () => {
    const handle = opened(redis({ url: server.url, lingerMs: 0 }));
    const topic = `grouped-${randomUUID()}`;
    const send = async (count: number) => all(from(made(count, { consumerGroup: `${topic}_group` })).pipe(publish(handle, { topic })));
    const read = async () => {
      const answer = await client.xreadgroup('GROUP', `${topic}_group`, 'reader', 'COUNT', 100, 'STREAMS', topic, '>') as [string, unknown[]][] | null;
      return answer?.[0]?.[1].length ?? 0;
    };
    await send(20);
    expect(await read()).toBe(20);
    await client.del(topic);
    expect(orders(await send(30))).toEqual(orders(made(30, {}, 1)));
    expect(await read()).toBe(30);
    expect(handle.state.status).toBe('connected');
  });

  it('uses an existing group, and reports the reason if none can be created', async () => {
    const topic = `grouped-${randomUUID()}`;
    const send = (handle: Broker) => all(from(made(3, { consumerGroup: `${topic}_group` })).pipe(publish(handle, { topic })));
    await send(opened(redis({ url: server.url })));
    await send(opened(redis({ url: server.url })));
    expect(await client.xlen(topic)).toBe(6);
    expect(await client.xinfo('GROUPS', topic)).toHaveLength(1);
    await client.set(topic, 'a string');
    const handle = opened(redis({ url: server.url }));
    const late = send(handle);
    expect((await firstValueFrom(handle.errors$)).message).toContain('WRONGTYPE');
    await client.del(topic);
    expect(await late).toHaveLength(3);
    expect(await client.xinfo('GROUPS', topic)).toHaveLength(1);
  });

  it('finds the message that is larger than the server takes', async () => {
    const handle = opened(redis({ url: server.url }));
    const topic = `bulk-${randomUUID()}`;
    const messages = made(12).map((one, index) => (index === 7 ? { ...one, value: randomBytes(1_100_000) } : one));
    const acks = await all(from(messages).pipe(publish(handle, { topic })));
    expect(orders(acks)).toEqual([1, 2, 3, 4, 5, 6, 7, 9, 10, 11, 12]);
  });

  it('keeps a stream within its bytes, the newest entries', async () => {
    const handle = opened(redis({ url: server.url, maxStreamBytes: 100_000 }));
    await all(from(made(200)).pipe(publish(handle, { topic: 'bounded' })));
    const kept = (await client.xrange('bounded', '-', '+')).map(([, list]) => Number(list[list.indexOf('order') + 1]));
    expect(kept.at(-1)).toBe(200);
    expect(kept.length).toBeGreaterThanOrEqual(40);
    expect(kept.length).toBeLessThanOrEqual(50);
    expect(handle.state.status).toBe('connected');
  });

  it('waits while the server is out of memory, and sends everything when there is room', async () => {
    await client.config('SET', 'maxmemory', '1');
    const handle = opened(redis({ url: server.url }));
    const acks = all(from(made(200, {}, 20_000)).pipe(publish(handle, { topic: 'full' })));
    const { error } = await isUnavailable(handle);
    expect(error?.message).toMatch(/OOM/);
    await client.config('SET', 'maxmemory', '0');
    expect(orders(await acks)).toEqual(orders(made(200, {}, 1)));
    const entries = await client.xrange('full', '-', '+');
    expect(entries.map(([, list]) => Number(list[list.indexOf('order') + 1]))).toEqual(orders(made(200, {}, 1)));
  });

  it('calls url again when requests keep failing, and when it reconnects', async () => {
    const nowhere = `redis://:right@127.0.0.1:${await freePort()}`;
    let asked = 0;
    const url = () => Promise.resolve(++asked === 1 ? nowhere : server.url);
    const handle = opened(redis({ url, retryInitialMs: 10, refreshAfterFailures: 2 }));
    const send = () => all(from(made(1)).pipe(publish(handle, { topic: `moved-${randomUUID()}` })));
    await send();
    expect(asked).toBe(2);
    await send();
    expect(asked).toBe(2);
    handle.reconnect();
    await send();
    expect(asked).toBe(3);
    expect(handle.address).toContain(`:${server.port}`);
    expect(handle.address).not.toContain('right');
  });

  it('shows no password of an address that is none', async () => {
    const handle = opened(redis({ url: () => 'http://:wrong-secret@host' }));
    const failure = firstValueFrom(handle.errors$);
    from(made(1)).pipe(publish(handle, { topic: 't' })).subscribe();
    const { message: text } = await failure;
    expect(text).toMatch(/returned, expected redis:/);
    expect(text).not.toContain('wrong-secret');
  });

  it('says that the password is wrong, and not which', async () => {
    const handle = opened(redis({ url: server.url.replace('right', 'wrong-secret') }));
    const failure = firstValueFrom(handle.errors$);
    from(made(1)).pipe(publish(handle, { topic: 't' })).subscribe();
    const { message: text } = await failure;
    expect(text).toMatch(/WRONGPASS/);
    expect(text).not.toContain('wrong-secret');
  });
});
