/** Fills a Kafka topic without rxcam, as fast as one client does. */
import { Producer, stringSerializers } from '@platformatic/kafka';
import { Kafka, logLevel } from 'kafkajs';
import type { CameraMessage } from 'rxcam';

/** Messages of a batch: less than 1 MB, Kafka's own limit. */
const BATCH = 40;

/** @param at - the message with an index from 0; its record has the time of its capture */
export async function fill(address: string, topic: string, count: number, at: (index: number) => CameraMessage): Promise<void> {
  const admin = new Kafka({ brokers: [address], logLevel: logLevel.NOTHING }).admin();
  await admin.connect();
  await admin.createTopics({ topics: [{ topic, numPartitions: 1 }], waitForLeaders: true });
  await admin.disconnect();
  const producer = new Producer({ clientId: 'bench', bootstrapBrokers: [address], serializers: { ...stringSerializers, value: (data?: Buffer) => data } });
  for (let first = 0; first < count; first += BATCH) {
    const messages = Array.from({ length: Math.min(BATCH, count - first) }, (_, offset) => {
      const { key, value, headers, capturedAt } = at(first + offset);
      return { topic, key, value, headers: new Map(Object.entries(headers as Record<string, string>)), timestamp: BigInt(capturedAt) };
    });
    await producer.send({ acks: 1, messages });
  }
  await producer.close();
}
