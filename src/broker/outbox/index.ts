/** Messages that wait to be sent, in order, within bounds. */
export { BoundedQueue, type QueueItem, QueueTotals } from './bounded-queue.js';
export { Fifo } from './fifo.js';
export { Entry, type PartitionQueue } from './partition-queue.js';
export { OUTBOX_SCHEMA, PUBLISH_SCHEMA, type OutboxConfig } from './outbox-options.js';
export { Outbox, type QueueOptions } from './outbox.js';
export { AckRouter } from './ack-router.js';
export { retainedMemory } from './memory-counter.js';
