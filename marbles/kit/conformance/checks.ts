/** How a check of the conformance suite looks inside: its name, and what it does with the subject. */
import type { Broker } from '../../../src/broker/index.js';
import type { ConformanceOptions, ConformanceSubject } from './subject.js';

/** Checks by name. `open` makes a handle, `keep` takes one that was made otherwise; both are closed after the check. */
export type Checks = Readonly<Record<string, (
  subject: ConformanceSubject, open: (options: ConformanceOptions) => Broker, keep: (broker: Broker) => Broker,
) => Promise<void>>>;
