/** Readers of Kafka: without a group, or as a member of one. */
export { kafkaReader } from './kafka.js';
