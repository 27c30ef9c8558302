/** The messages in each broker, read with the bare clients. */
import { Redis } from 'ioredis';
import { Kafka, logLevel } from 'kafkajs';

/** A message as it lies in the broker. */
export interface Found { readonly key: string | undefined; readonly value: Buffer; readonly headers: Readonly<Record<string, string>> }

/** The first `count` messages of a Kafka topic. */
export async function fromKafka(address: { host: string; port: number }, topic: string, count: number): Promise<Found[]> {
  const kafka = new Kafka({ clientId: 'reader', brokers: [`${address.host}:${address.port}`], logLevel: logLevel.NOTHING });
  const consumer = kafka.consumer({ groupId: `reader-${topic}`, maxBytesPerPartition: 32 * 1024 * 1024 });
  await consumer.connect();
  await consumer.subscribe({ topic, fromBeginning: true });
  const found: Found[] = [];
  try {
    await new Promise<void>((resolve, reject) => {
      consumer.run({
        eachMessage: ({ message }) => {
          const headers = Object.fromEntries(Object.entries(message.headers ?? {}).map(([name, value]) => [name, String(value)]));
          found.push({ key: message.key?.toString(), value: message.value ?? Buffer.alloc(0), headers });
          if (found.length === count) resolve();
          return Promise.resolve();
        },
      }).catch(reject);
    });
  } finally {
    await consumer.disconnect();
  }
  return found;
}

/** All entries of a Redis stream. */
export async function fromRedis(url: string, stream: string): Promise<Found[]> {
  const redis = new Redis(url);
  try {
    const entries = await redis.xrangeBuffer(stream, '-', '+');
    return entries.map(([, fields]) => {
      const pairs = new Map<string, Buffer>();
      for (let at = 0; at < fields.length; at += 2) pairs.set(String(fields[at]), fields[at + 1] as Buffer);
      const headers = Object.fromEntries([...pairs].filter(([name]) => name !== 'data').map(([name, value]) => [name, value.toString()]));
      return { key: headers['ce_key'], value: pairs.get('data') ?? Buffer.alloc(0), headers };
    });
  } finally {
    redis.disconnect();
  }
}
