/** From the engine to the acknowledgement of Redis. */
import { redis } from 'rxcam';
import { address } from '../broker/batches.mjs';
import { published } from '../broker/rxcam.mjs';

export const reference = 'ioredis';

export async function open() {
  const broker = redis({ url: address('REDIS'), maxLen: 1_000 });
  // Another stream: it only has to connect.
  await broker.prepare('bench-connected', { consumerGroup: 'bench' });
  return published(broker, 'bench');
}
