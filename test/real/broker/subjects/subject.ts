/** The interface of a kind for the suites of brokers, and its server. */
import type { ConformanceOptions, ConformanceServer, ConformanceSubject } from '../../../../marbles/kit/index.js';
import type { Broker, BrokerName } from '../../../../src/broker/index.js';

/** A kind of broker under test, and its server. */
export interface Subject extends ConformanceSubject {
  readonly name: BrokerName;
  start(): Promise<void>;
  stop(): Promise<void>;
  /** A handle, with a password that must not be shown where the kind has one. */
  broker(options?: ConformanceOptions): Broker;
  server?(): Required<ConformanceServer>;
}
