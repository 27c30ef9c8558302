/** A machine whose wall clock shows 1970 until a time server answers, and then jumps: sending does not wait for it. */
import { randomUUID } from 'node:crypto';
import { afterEach, expect, it } from 'vitest';
import { KAFKA_DRIVERS, type Program, needs, sharedKafka, sharedRedis, threeQuestions } from '../services/index.js';
import { longestGap, startPublisher } from './fixtures/publishing.js';

const HOUR_MS = 3_600_000;
/** A loaded machine stalls for seconds; an outbox that stops does so for hours; ms. */
const STALL_MS = 30_000;

let program: Program | undefined;
afterEach(async () => {
  await program?.stop();
  await threeQuestions({});
});

async function survives(kind: 'kafka' | 'redis', options: object, wallClock: number): Promise<void> {
  const publisher = await startPublisher({ broker: kind, options, topic: `clock-${randomUUID()}` }, { wallClock });
  ({ program } = publisher);
  await publisher.acknowledges(20);
  process.kill(program.pid, 'SIGUSR2');
  await publisher.acknowledges(100);
  const times = publisher.lines.map(({ acknowledgedAt }) => acknowledgedAt ?? 0).filter((at) => at > 0);
  expect(Math.abs((times.at(-1) ?? 0) - Date.now())).toBeLessThan(HOUR_MS / 60);
  expect(Math.abs((times[0] ?? 0) - wallClock)).toBeLessThan(HOUR_MS / 60);
  expect(longestGap(publisher.lines)).toBeLessThan(STALL_MS);
  expect(publisher.lines.filter(({ error }) => error !== undefined)).toEqual([]);
  const orders = publisher.lines.flatMap(({ acknowledged }) => acknowledged ?? []);
  expect(orders).toEqual(orders.map((_, index) => index + 1));
}

const CLOCKS = [
  ['1970', 5 * HOUR_MS],
  ['a day behind', Date.now() - 24 * HOUR_MS],
  ['a day ahead', Date.now() + 24 * HOUR_MS],
] as const;

needs('redis')('redis', () => {
  it.each(CLOCKS)('continues when a clock that is at %s is corrected', async (_, clock) => {
    await survives('redis', { url: (await sharedRedis()).url }, clock);
  });
});

needs('kafka').each(KAFKA_DRIVERS)('kafka, %s', (driver) => {
  it.each(CLOCKS)('continues when a clock that is at %s is corrected', async (_, clock) => {
    const { host, port } = await sharedKafka();
    await survives('kafka', { driver, brokers: [`${host}:${port}`] }, clock);
  });
});
