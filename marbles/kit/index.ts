/** The entry `rxcam/testing`: cameras and brokers that play marble diagrams, in virtual time. */
export { type DiagramOptions, type SubscriptionFrames, type TimedNotification, aligned, alignedSubscriptions, diagram } from './diagram.js';
export { type Accountable, type LedgerCheck, expectLedger } from './expect-ledger.js';
export { type ExpectConfig, type Part, expectEvents, expectParts, expectStats } from './expect.js';
export { FakeBroker, type FakeBrokerConfig, type FakeMessage, fakeBroker } from './fake-broker.js';
export { FakeCoordinator, type FakeCoordinatorConfig, fakeCoordinator } from './fake-coordinator.js';
export { FakeCamera, type FakeCameraConfig, type FakeEngineConfig, fakeCamera, fakeEngine } from './fake-camera.js';
export { FakeTopic, type FakeTopicConfig, fakeTopic } from './fake-topic.js';
export { type MarblesConfig, createScheduler, marbles } from './scheduler.js';
export type { FakeAction, FakeSource } from './script.js';
export type { FakeReceived } from './topic-script.js';
export { type FakeDecoder, type FakeDecoderConfig, fakeDecoder } from './fake-decoder.js';
export { type FakeFolder, fakeFolder } from './fake-folder.js';
export {
  type ConformanceCheck, type ConformanceOptions, type ConformanceRecord, type ConformanceServer, type ConformanceSubject, brokerConformance,
} from './conformance/index.js';
