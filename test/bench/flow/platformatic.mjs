/** From the engine to the acknowledgement of Kafka, with the driver `platformatic`. */
import { kafka } from 'rxcam';
import { address, topic } from '../broker/batches.mjs';
import { published } from '../broker/rxcam.mjs';

export const reference = 'kafkajs';

export async function open() {
  const broker = kafka({ brokers: [address('KAFKA')], acks: 1, driver: 'platformatic' });
  await broker.prepare(await topic('bench'));
  return published(broker, 'bench');
}
