/** Brokers: exports for the operators, the kernel and the public entry. */
export type { Broker, BrokerState, CloseReport, TopicWaits } from './handle/index.js';
export type { BrokerConfig } from './broker-options.js';
export { brokerName, BrokerHandle, type BrokerOptions, createBroker, handleOf } from './handle/index.js';
export { BoundedQueue, type QueueItem, OUTBOX_SCHEMA, PUBLISH_SCHEMA, type OutboxConfig, AckRouter, QueueTotals, retainedMemory } from './outbox/index.js';
export type { SendAgain, Driver, NotWritten, Outgoing, SendOutcome, Written } from './driver.js';
export type { BrokerAddress, BrokerFlag, BrokerFlagValues, BrokerTarget, ServerLimits } from './kind/index.js';
export { type BrokerName, BROKERS, BROKER_NAMES, brokerAt, examineBroker } from './kinds.js';
export { kafka, partitionOf } from './kafka/index.js';
export type { KafkaConfig } from './kafka/index.js';
export type { PartitionQueue, QueueOptions } from './outbox/index.js';
export { memory, type MemoryBroker, type MemoryConfig } from './memory/index.js';
export { Reception, type ReceptionStats } from './reading/index.js';
export type { EntryId, From, Gate, Partitions, Piece, ReadRequest, Reader, To } from './reader.js';
export { redis } from './redis/index.js';
export type { RedisConfig } from './redis/index.js';
export type { StoredMessage } from './memory/index.js';
