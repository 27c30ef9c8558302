/** The brokers that the conformance suite runs against, and how to read back from each what it keeps. */
import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import { Kafka, logLevel } from 'kafkajs';
import { type Broker, type MemoryBroker, kafka, memory, redis } from '../../../src/broker/index.js';
import { type KafkaServer, type RedisServer, freePort, startKafka, startRedis } from '../../services/index.js';

/** A message as it is read back. */
export interface Read {
  readonly key: string;
  readonly value: Buffer;
  readonly headers: Record<string, string>;
  readonly partition?: number;
  readonly offset?: string;
  readonly streamId?: string;
}

/** Options that every kind of broker has. */
export interface Common {
  maxMessageBytes?: number;
  lingerMs?: number;
  outboxMaxBytes?: number;
}

export interface Subject {
  readonly name: 'memory' | 'redis' | 'kafka';
  start(): Promise<void>;
  stop(): Promise<void>;
  /** A handle, with a password that must not be shown where the kind has one. */
  broker(options?: Common): Broker;
  /** A handle for an address where nothing listens. */
  unreachable(password: string): Promise<Broker>;
  /** The first `count` messages of a topic. */
  read(topic: string, count: number, broker: Broker): Promise<Read[]>;
  /** The server itself, where there is one. */
  readonly server?: { down(): Promise<void>; start(): Promise<void>; pause(): void; resume(): void };
}

export function memorySubject(): Subject {
  return {
    name: 'memory',
    start: async () => { /* It is in this process. */ },
    stop: async () => { /* It ends with its handle. */ },
    broker: ({ maxMessageBytes, ...options } = {}) => memory({ ...options, ...(maxMessageBytes !== undefined && { maxBytes: maxMessageBytes }) }),
    unreachable: () => Promise.reject(new Error('memory can always be reached')),
    read: (topic, count, broker) => Promise.resolve([...(broker as MemoryBroker).read(topic)].slice(0, count).map((stored) => ({ ...stored }))),
  };
}

export function redisSubject(): Subject {
  let server: RedisServer;
  const reader = async <T>(use: (client: Redis) => Promise<T>): Promise<T> => {
    const client = new Redis(server.url);
    try {
      return await use(client);
    } finally {
      client.disconnect();
    }
  };
  return {
    name: 'redis',
    start: async () => { server = await startRedis({ requirepass: 'p@ss/w:rd#1' }); },
    stop: () => server.stop(),
    broker: (options) => redis({ url: server.url, ...options }),
    unreachable: async (password) => redis({ url: `redis://someone:${encodeURIComponent(password)}@127.0.0.1:${await freePort()}` }),
    read: (topic, count) => reader(async (client) => {
      const entries = await client.xrangeBuffer(topic, '-', '+', 'COUNT', count);
      return entries.map(([id, list]) => {
        const fields = new Map<string, Buffer>();
        for (let index = 0; index < list.length; index += 2) fields.set(String(list[index]), list[index + 1] as Buffer);
        const { data, ...headers } = Object.fromEntries(fields) as { data: Buffer } & Record<string, Buffer>;
        const texts = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));
        return { key: texts['_message_key'] ?? texts['ce_key'] ?? '', value: data, headers: texts, streamId: String(id) };
      });
    }),
    get server() { return server; },
  };
}

export function kafkaSubject(): Subject {
  let server: KafkaServer;
  let client: Kafka;
  return {
    name: 'kafka',
    start: async () => {
      server = await startKafka();
      client = new Kafka({ brokers: [server.address], logLevel: logLevel.NOTHING });
    },
    stop: () => server.stop(),
    broker: (options) => kafka({ brokers: [server.address], ...options }),
    unreachable: async (password) => kafka({ brokers: [`127.0.0.1:${await freePort()}`], sasl: { mechanism: 'plain', username: 'someone', password } }),
    read: async (topic, count) => {
      const consumer = client.consumer({ groupId: randomUUID() });
      await consumer.connect();
      await consumer.subscribe({ topic, fromBeginning: true });
      const read: Read[] = [];
      try {
        await new Promise<void>((resolve, reject) => {
          consumer.run({
            eachMessage: ({ partition, message: { key, value, headers = {}, offset } }) => {
              const texts = Object.fromEntries(Object.entries(headers).map(([name, text]) => [name, String(text)]));
              read.push({ key: String(key), value: value as Buffer, headers: texts, partition, offset });
              if (read.length >= count) resolve();
              return Promise.resolve();
            },
          }).catch(reject);
        });
      } finally {
        await consumer.disconnect();
      }
      return read.slice(0, count);
    },
    get server() { return server; },
  };
}
