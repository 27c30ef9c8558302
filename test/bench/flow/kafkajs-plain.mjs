/** kafkajs alone, without headers: one `sendBatch` every 5 ms. */
import { Kafka, Partitioners, logLevel } from 'kafkajs';
import { address, batches, topic } from '../broker/batches.mjs';

export const reference = undefined;

export async function open() {
  const name = await topic('bench');
  const producer = new Kafka({ brokers: [address('KAFKA')], logLevel: logLevel.ERROR })
    .producer({ createPartitioner: Partitioners.DefaultPartitioner });
  await producer.connect();
  return batches((batch) => producer.sendBatch({
    acks: 1, topicMessages: [{ topic: name, messages: batch.map(({ key, value }) => ({ key, value })) }],
  }), () => producer.disconnect());
}
