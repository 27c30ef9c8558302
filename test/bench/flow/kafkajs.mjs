/** The reference of `kafka` and `platformatic`: kafkajs writes the same messages, by one `sendBatch` every 5 ms. */
import { Kafka, Partitioners, logLevel } from 'kafkajs';
import { HEADERS, address, batches, topic } from '../broker/batches.mjs';

export const reference = undefined;

export async function open() {
  const name = await topic('bench');
  const producer = new Kafka({ brokers: [address('KAFKA')], logLevel: logLevel.ERROR })
    .producer({ createPartitioner: Partitioners.DefaultPartitioner });
  await producer.connect();
  return batches((batch) => producer.sendBatch({
    acks: 1, topicMessages: [{ topic: name, messages: batch.map(({ key, value }) => ({ key, value, headers: HEADERS })) }],
  }), () => producer.disconnect());
}
