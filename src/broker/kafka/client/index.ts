/** The Kafka client: connections, request queues and topics. */
export type { KafkaClient, WriteResult } from './client.js';
export { isStale, isTooLarge, isUnauthorized, isWrongTime, errorName, levelOf, logEntryText } from './classify-errors.js';
export { creationErrors, leadersOf } from './metadata.js';
export { KafkaNodes } from './nodes.js';
export { partitionOf } from './partition.js';
export { KafkaNode, type NodeHooks } from './node.js';
export { GIVEN_UP, KafkaSockets } from './sockets.js';
