/** Reading: one reader for each kind of broker, and the reading that they all have in common. */
export { type KafkaReaderHooks, KafkaReader } from './kafka-reader.js';
export { MemoryReader, type MemorySource } from './memory-reader.js';
export type { From, Gate, Partitions, Piece, ReadRequest, Reader, To } from './reader.js';
export { Reception, type ReceptionStats } from './reception.js';
export type { InboxLimits } from './reading.js';
export { RedisReader } from './redis-reader.js';
