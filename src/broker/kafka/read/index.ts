/** Readers of Kafka: without a group, or as a member of one. */
export { EARLIEST, FetchCluster, LATEST } from './cluster.js';
export { kafkaReader } from './kafka.js';
export type { KafkaReaderHooks } from './reader.js';
export { Sleep } from './sleep.js';
