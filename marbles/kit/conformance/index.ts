/** The conformance suite of brokers: what each must do, whatever its driver is. */
import type { Broker } from '../../../src/broker/index.js';
import type { Checks } from './checks.js';
import { absence, hangs, outages } from './failing.js';
import { sending } from './sending.js';
import type { ConformanceCheck, ConformanceSubject } from './subject.js';

export type { ConformanceCheck, ConformanceOptions, ConformanceRecord, ConformanceServer, ConformanceSubject } from './subject.js';

/**
 * What a broker must do, as a list of checks for whatever runs your tests. Those of outages are in it where the subject has
 * a server that can be stopped.
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

/** Runs a check, then closes the handles that it has used. */
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
