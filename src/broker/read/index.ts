/** Reading: one reader for each kind of broker, and the reading that they all have in common. */
export { kafkaReader } from './kafka.js';
export { memoryReader } from './memory.js';
export type { MemoryGroup } from './memory-reader.js';
export { Reception, type ReceptionStats } from './reception.js';
export { redisReader } from './redis.js';
