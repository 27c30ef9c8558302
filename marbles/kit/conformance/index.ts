/** The conformance suite for brokers with any driver. */
import type { Broker } from '../../../src/broker/index.js';
import type { Checks } from './checks.js';
import { absence, hangs, outages } from './failing.js';
import { sending } from './sending.js';
import type { ConformanceCheck, ConformanceSubject } from './subject.js';

export type { ConformanceCheck, ConformanceOptions, ConformanceRecord, ConformanceServer, ConformanceSubject } from './subject.js';

/**
 * The requirements for a broker, as a list of checks for any test runner. It includes outages if the subject has a server that
 * can be stopped.
 *
 * @example
 * ```ts
 * import { it } from 'node:test';
 * for (const { name, run } of brokerConformance(subject)) it(name, run);
 * ```
 */
export function brokerConformance(subject: ConformanceSubject): readonly ConformanceCheck[] {
  const checks: Checks = {
    ...sending,
    ...(subject.server !== undefined && outages),
    ...(subject.server !== undefined && subject.canHang === true && hangs),
    ...(subject.unreachable !== undefined && absence),
  };
  return Object.entries(checks).map(([name, check]) => ({ name, run: () => closing((keep) => check(subject, (options) => keep(subject.broker(options)), keep)) }));
}

/** Runs a check, then closes its handles. */
async function closing(check: (keep: (broker: Broker) => Broker) => Promise<void>): Promise<void> {
  const open: Broker[] = [];
  try {
    await check((broker) => {
      open.push(broker);
      return broker;
    });
  } finally {
    await Promise.all(open.map((broker) => broker.close({ deadlineMs: 0 })));
  }
}
