/** The checks of the conformance suite, by name. */
import type { Broker } from '../../../src/broker/index.js';
import type { ConformanceOptions, ConformanceSubject } from './subject.js';

/** Checks by name. `open` creates a handle, `keep` registers one that was created otherwise; both are closed after the check. */
export type Checks = Readonly<Record<string, (
  subject: ConformanceSubject, open: (options: ConformanceOptions) => Broker, keep: (broker: Broker) => Broker,
) => Promise<void>>>;
