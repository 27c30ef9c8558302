/** Messages of the format matrice, there and back on real brokers: a verdict on each, gaps, and every picture. */
import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import { Kafka, logLevel } from 'kafkajs';
import { afterEach, expect, it } from 'vitest';
import { decode, encodeH265, encodeJpeg, publish, subscribe, toMessage, verify } from '../../../operators/index.js';
import { type Broker, kafka, redis } from '../../../src/broker/index.js';
import { camera } from '../../../src/index.js';
import { footage, needs, noFfmpegLeft, sharedKafka, sharedRedis } from '../../services/index.js';
import { shown } from '../../unit/message/planted.js';
import { all, closeAll, opened } from '../broker/broker-messages.js';

afterEach(closeAll);

const PICTURES = 50;
const orders = (count: number, first = 1) => Array.from({ length: count }, (_, index) => first + index);

/** A kind of broker: its messages unchanged, and a way to write them. */
interface Raw<M> {
  open(): Promise<Broker>;
  read(topic: string): Promise<M[]>;
  write(topic: string, messages: readonly M[]): Promise<void>;
  /** The same message with other bytes in its picture; cut off in the middle. */
  altered(message: M): M;
  cut(message: M): M;
}

function comesBack<M>({ open, read, write, altered, cut }: Raw<M>): void {
  const sent = async (broker: Broker, encode = encodeH265({ mode: 'stream', gop: 10 })) => {
    const topic = `matrice-${randomUUID()}`;
    const gate = camera(await footage({ width: 160, height: 90 }), { key: 'gate' });
    await all(gate.pipe(encode, toMessage({ format: 'matrice' }), publish(broker, { topic })));
    return topic;
  };
  const verified = (broker: Broker, topic: string) => {
    const check = verify({ keep: ['repeated', 'torn', 'undecodable'] });
    return { check, all: all(subscribe(broker, { topic, from: 'earliest', to: 'latest' }).pipe(check)) };
  };

  it.each([
    ['GOPs', encodeH265({ mode: 'stream', gop: 10 })], ['frames', encodeH265()], ['JPEG', encodeJpeg() as unknown as ReturnType<typeof encodeH265>],
  ])('whole, with every picture (%s)', async (_, encode) => {
    const broker = opened(await open());
    const topic = await sent(broker, encode);
    const { check, all: messages } = verified(broker, topic);
    expect((await messages).map(shown)).toEqual(orders(PICTURES).map((order) => `gate whole ${order}`));
    expect(check.stats).toMatchObject({ whole: PICTURES, unchecked: 0, undecodable: 0, gaps: 0 });
    const pictures = await all(subscribe(broker, { topic, key: 'gate', from: 'earliest', to: 'latest' }).pipe(verify(), decode({ pixelFormat: 'gray' })));
    expect(pictures.map(({ seq }) => seq)).toEqual(orders(PICTURES));
    expect(pictures.every(({ data, width, height }) => data.length === 160 * 90 && width === 160 && height === 90)).toBe(true);
    await noFfmpegLeft();
  });

  it('with messages missing, repeated, altered and cut: each is named', async () => {
    const broker = opened(await open());
    const all = await read(await sent(broker, encodeH265()));
    const at = (order: number) => all[order - 1] as M;
    const topic = `matrice-${randomUUID()}`;
    await write(topic, [at(1), at(2), at(2), altered(at(3)), at(4), at(7), cut(at(8)), at(9), at(5), at(10)]);
    const { check, all: messages } = verified(broker, topic);
    expect((await messages).map(shown)).toEqual([
      'gate whole 1', 'gate whole 2', 'gate repeated 2', 'gate torn 3', 'gate whole 4', 'gate lost 5-6', 'gate whole 7', 'gate torn 8', 'gate whole 9',
      'gate whole 5', 'gate whole 10',
    ]);
    expect(check.stats).toMatchObject({ whole: 7, repeated: 1, torn: 2, lost: 2, late: 1, gaps: 1 });
  });
}

/** Changes a letter in the middle of the picture's bytes. */
function otherBytes(value: Buffer): Buffer {
  const text = value.toString();
  const at = text.indexOf('"content":"') + 200;
  return Buffer.from(`${text.slice(0, at)}${text[at] === 'A' ? 'B' : 'A'}${text.slice(at + 1)}`);
}

needs('kafka', 'ffmpeg')('matrice out of Kafka', () => {
  const address = async () => ((at) => `${at.host}:${at.port}`)(await sharedKafka());
  const client = async () => new Kafka({ brokers: [await address()], logLevel: logLevel.NOTHING });
  interface Record { readonly key: string; readonly value: Buffer }
  comesBack<Record>({
    open: async () => kafka({ brokers: [await address()] }),
    read: async (topic) => {
      const broker = opened(kafka({ brokers: [await address()] }));
      return (await all(subscribe(broker, { topic, from: 'earliest', to: 'latest' }))).map(({ key = '', value }) => ({ key, value }));
    },
    write: async (topic, messages) => {
      const producer = (await client()).producer();
      const admin = (await client()).admin();
      await Promise.all([producer.connect(), admin.connect()]);
      await admin.createTopics({ topics: [{ topic }], waitForLeaders: true });
      await producer.send({ topic, messages: [...messages] });
      await Promise.all([producer.disconnect(), admin.disconnect()]);
    },
    altered: ({ key, value }) => ({ key, value: otherBytes(value) }),
    cut: ({ key, value }) => ({ key, value: value.subarray(0, -300) }),
  });
});

needs('redis', 'ffmpeg')('matrice out of Redis', () => {
  type Entry = readonly Buffer[];
  const withValue = (fields: Entry, change: (value: Buffer) => Buffer) => fields.map((field, index) => (String(fields[index - 1]) === 'input_stream' ? change(field) : field));
  comesBack<Entry>({
    open: async () => redis({ url: (await sharedRedis()).url }),
    read: async (topic) => {
      const client = new Redis((await sharedRedis()).url);
      const entries = await client.xrangeBuffer(topic, '-', '+');
      client.disconnect();
      return entries.map(([, fields]) => fields);
    },
    write: async (topic, messages) => {
      const client = new Redis((await sharedRedis()).url);
      for (const fields of messages) await client.xadd(topic, '*', ...fields);
      client.disconnect();
    },
    altered: (fields) => withValue(fields, otherBytes),
    cut: (fields) => withValue(fields, (value) => value.subarray(0, -300)),
  });
});
