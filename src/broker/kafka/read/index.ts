/** Readers of Kafka: alone, or as a member of a group. */
export { kafkaReader } from './kafka.js';
