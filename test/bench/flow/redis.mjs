/** From the engine to the acknowledgement of Redis. */
import { redis } from 'rxcam';
import { address } from '../broker/batches.mjs';
import { published } from '../broker/rxcam.mjs';

export const reference = 'ioredis';

export async function open() {
  const broker = redis({ url: address('REDIS'), maxLen: 1_000 });
  // Connects before the measurement; no message is written to this stream.
  await broker.prepare('bench-connected', { consumerGroup: 'bench' });
  return published(broker, 'bench');
}
