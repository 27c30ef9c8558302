/** The broker as users hold it: connects, publishes, closes. */
export { BrokerHandle, type BrokerOptions, handleOf } from './broker-handle.js';
export type { Broker, BrokerState, TopicWaits } from './broker.js';
export type { CloseReport } from './close-report.js';
export { createBroker } from './create.js';
