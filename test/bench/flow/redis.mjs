/** From the engine to the acknowledgement of Redis. */
import { redis } from '../../../dist/src/index.js';
import { address } from '../broker/batches.mjs';
import { published } from '../broker/rxcam.mjs';

export const reference = 'ioredis';

export function open() {
  return published(redis({ url: address('REDIS'), maxLen: 1_000 }), 'bench');
}
