/** Messages that wait to be sent, in order, within bounds. */
export { BoundedQueue, type Held, Total } from './bounded-queue.js';
export { Fifo } from './fifo.js';
export { Entry, type Lane } from './lane.js';
export { OUTBOX_SCHEMA, type OutboxConfig } from './outbox-options.js';
export { type LaneOptions, Outbox } from './outbox.js';
export { Receiver } from './receiver.js';
export { retains } from './retained.js';
