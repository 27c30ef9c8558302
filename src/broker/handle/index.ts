/** The broker as users hold it: connects, publishes, closes. */
export { BrokerHandle, type BrokerOptions, handleOf } from './broker-handle.js';
export { type Broker, type BrokerState, type TopicWaits, brokerName } from './broker.js';
export type { CloseReport } from './close-report.js';
export { createBroker } from './create.js';
