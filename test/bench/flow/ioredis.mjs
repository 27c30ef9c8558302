/** The reference of `redis`: ioredis writes the same entries, in one pipeline every 5 ms. */
import { Redis } from 'ioredis';
import { HEADERS, address, batches } from '../broker/batches.mjs';

export const reference = undefined;

export function open() {
  const redis = new Redis(address('REDIS'));
  const fields = Object.entries(HEADERS).flat();
  return batches((batch) => {
    const pipeline = redis.pipeline();
    for (const { value } of batch) pipeline.xadd('bench', 'MAXLEN', '~', 1_000, '*', ...fields, 'data', value);
    return pipeline.exec();
  }, () => redis.quit());
}
