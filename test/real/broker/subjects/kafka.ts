/** Kafka under test, and what its topics hold, read with a consumer of kafkajs. */
import { randomUUID } from 'node:crypto';
import { Kafka, logLevel } from 'kafkajs';
import type { ConformanceRecord } from '../../../../marbles/kit/index.js';
import { type KafkaConfig, kafka } from '../../../../src/broker/index.js';
import { type KafkaServer, freePort, startKafka } from '../../../services/index.js';
import type { Subject } from './subject.js';

/** @param config - options of every handle: the client library that writes */
export function kafkaSubject(config: Partial<KafkaConfig> = {}): Subject {
  let server: KafkaServer;
  let client: Kafka;
  return {
    name: 'kafka',
    canHang: true,
    start: async () => {
      server = await startKafka();
      client = new Kafka({ brokers: [server.address], logLevel: logLevel.NOTHING });
    },
    stop: () => server.stop(),
    broker: (options) => kafka({ brokers: [server.address], ...config, ...options }),
    unreachable: async (password) => (
      kafka({ brokers: [`127.0.0.1:${await freePort()}`], sasl: { mechanism: 'plain', username: 'someone', password }, ...config })
    ),
    read: (topic) => readAll(client, topic),
    server: () => server,
  };
}

async function readAll(client: Kafka, topic: string): Promise<ConformanceRecord[]> {
  const count = await heldBy(client, topic);
  if (count === 0) return [];
  const consumer = client.consumer({ groupId: randomUUID() });
  await consumer.connect();
  await consumer.subscribe({ topic, fromBeginning: true });
  const read: ConformanceRecord[] = [];
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
  return read;
}

async function heldBy(client: Kafka, topic: string): Promise<number> {
  const admin = client.admin();
  await admin.connect();
  try {
    const partitions = await admin.fetchTopicOffsets(topic);
    return partitions.reduce((sum, { high, low }) => sum + Number(high) - Number(low), 0);
  } finally {
    await admin.disconnect();
  }
}
