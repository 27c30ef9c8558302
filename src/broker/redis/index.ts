/** Redis streams: a driver on ioredis, and its readers. */
export { redisKind } from './kind.js';
export type { RedisConfig } from './options.js';
export { redis } from './redis.js';
