/** Kafka: a driver on kafkajs, and its readers. */
export { kafka } from './kafka.js';
export { kafkaKind } from './kind.js';
export type { KafkaConfig } from './options.js';
export { partitionOf } from './client/index.js';
