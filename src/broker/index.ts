/** Brokers: what the operators, the kernel and the public entry take from here. */
export type { Broker, BrokerState, TopicWaits } from './broker.js';
export type { CloseReport } from './close-report.js';
export { BrokerHandle, type BrokerOptions, handleOf } from './broker-handle.js';
export { BoundedQueue, type Held, Total } from './bounded-queue.js';
export type { Driver, Outgoing, SendOutcome } from './driver.js';
export { kafka } from './kafka.js';
export type { KafkaConfig } from './kafka-options.js';
export type { Lane } from './lane.js';
export { memory, type MemoryBroker, type MemoryConfig } from './memory.js';
export { Reception, type ReceptionStats } from './read/index.js';
export type { EntryId, From, Gate, Partitions, Piece, ReadRequest, Reader, To } from './reader.js';
export { redis } from './redis.js';
export type { RedisConfig } from './redis-options.js';
export type { LaneOptions } from './outbox.js';
export { OUTBOX_SCHEMA, type OutboxConfig } from './outbox-options.js';
export { Receiver } from './receiver.js';
export { retains } from './retained.js';
export type { StoredMessage } from './stored.js';
