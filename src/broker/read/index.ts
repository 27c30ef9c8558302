/** Reading: one reader for each kind of broker, and the reading that they all have in common. */
export { KafkaReader } from './kafka-reader.js';
export { MemoryReader } from './memory-reader.js';
export type { EntryId, From, Gate, Partitions, Piece, ReadRequest, Reader, To } from './reader.js';
export { Reception, type ReceptionStats } from './reception.js';
export { RedisReader } from './redis-reader.js';
