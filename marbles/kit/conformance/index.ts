/** The conformance suite for brokers with any driver. */
import { AssertionError } from 'node:assert';
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
  return Object.entries(checks).map(([name, check]) => ({ name, run: () => closing((keep) => check(subject, (options) => keep(subject.broker(options)), keep), subject.timeoutMs ?? TIMEOUT_MS) }));
}

/** Longer than any check of a broker that conforms: a server may need a minute to start again. */
const TIMEOUT_MS = 150_000;

/** Runs a check, then closes its handles. A broker that does not conform may never reach the state that the check waits for. */
async function closing(check: (keep: (broker: Broker) => Broker) => Promise<void>, timeoutMs: number): Promise<void> {
  const open: Broker[] = [];
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      const states = open.map(({ state: { status, outbox } }) => `${status}, with ${outbox.messages} messages in the outbox`);
      reject(new AssertionError({ message: `the check did not end within ${timeoutMs} ms; the broker is ${states.join('; ')}` }));
    }, timeoutMs);
  });
  const checked = check((broker) => {
    open.push(broker);
    return broker;
  });
  try {
    await Promise.race([checked, late]);
  } finally {
    clearTimeout(timer);
    // After the limit, its reason is no longer of interest.
    checked.catch(() => undefined);
    await Promise.all(open.map((broker) => broker.close({ deadlineMs: 0 })));
  }
}
