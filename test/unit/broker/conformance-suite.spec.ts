/** The conformance suite refuses brokers that do not conform: each fault is found, also one for which a check would wait without end. */
import { type Observable, EMPTY, NEVER, of } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { type ConformanceRecord, brokerConformance } from '../../../marbles/kit/index.js';
import { type Driver, type Outgoing, type SendOutcome, createBroker } from '../../../src/broker/index.js';

/** Topics of one driver, with a fault. */
class Faulty implements Driver {
  readonly kind = 'faulty';
  readonly address = 'faulty:';
  readonly topics = new Map<string, ConformanceRecord[]>();
  alter: (batch: readonly Outgoing[]) => readonly Outgoing[] = (batch) => batch;
  place: (position: number) => number = (position) => position;
  answer: (outcomes: readonly SendOutcome[]) => Observable<readonly SendOutcome[]> = (outcomes) => of(outcomes);

  send(batch: readonly Outgoing[]): Observable<readonly SendOutcome[]> {
    const offsets = new Map<object, number>();
    for (const { topic, key, message, headers } of this.alter(batch)) {
      const held = this.topics.get(topic) ?? [];
      this.topics.set(topic, held);
      offsets.set(message, held.length);
      held.push({ key, value: message.value, headers, offset: String(held.length) });
    }
    return this.answer(batch.map(({ message }) => ({ ok: true, offset: String(this.place(offsets.get(message) ?? 0)) })));
  }

  reset(): void { /* There is no connection. */ }
  close(): Observable<never> { return EMPTY; }
}

/** The checks that fail, of the first `count`. */
async function failed(fault: Partial<Faulty>, count = Infinity): Promise<readonly string[]> {
  const driver = Object.assign(new Faulty(), fault);
  const subject = {
    broker: (options: object) => createBroker(driver, { retryInitialMs: 1, ...Object.fromEntries(Object.entries(options).filter(([name]) => name !== 'maxMessageBytes')) }),
    read: (topic: string) => Promise.resolve(driver.topics.get(topic) ?? []),
    anySize: true, timeoutMs: 500,
  };
  const results = await Promise.all(brokerConformance(subject).slice(0, count).map(({ name, run }) => run().then(() => [], (error: unknown) => [`${name}: ${(error as Error).message}`])));
  return results.flat();
}

describe('the conformance suite', () => {
  it('accepts a driver without a fault', async () => {
    expect(await failed({})).toEqual([]);
  });

  it.each<[string, Partial<Faulty>]>([
    ['writes in the wrong order', { alter: (batch) => [...batch].reverse() }],
    ['writes twice', { alter: (batch) => batch.flatMap((one) => [one, one]) }],
    ['leaves the last message out', { alter: (batch) => (batch.length > 1 ? batch.slice(0, -1) : batch) }],
    ['cuts values', { alter: (batch) => batch.map((one) => ({ ...one, message: { ...one.message, value: one.message.value.subarray(1) } })) }],
    ['leaves headers out', { alter: (batch) => batch.map((one) => ({ ...one, headers: {} })) }],
    ['mixes up keys', { alter: (batch) => batch.map((one) => ({ ...one, key: 'k' })) }],
    ['reports a wrong position', { place: (position) => position + 1 }],
  ])('finds a driver that %s', async (_, fault) => {
    expect(await failed(fault)).not.toEqual([]);
  });

  it('does not wait without end for a driver that never answers', async () => {
    const found = await failed({ answer: () => NEVER }, 2);
    expect(found).toHaveLength(2);
    for (const reason of found) expect(reason).toMatch(/the check did not end within 500 ms; the broker is \w+, with \d+ messages in the outbox/);
  });
});
