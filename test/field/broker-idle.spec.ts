/** A handle with nothing to send sleeps. */
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, expect, it } from 'vitest';
import { KAFKA_DRIVERS, type Program, needs, sharedKafka, sharedRedis, threeQuestions } from '../services/index.js';
import { startPublisher } from './fixtures/publishing.js';

const WATCHED_S = 5;
/** Work that is left from the start takes longer on a busy machine; a handle that polls does so each time. */
const TIMES = 3;
/** Node itself wakes about once a second for V8. */
const WAKINGS_A_SECOND = 10;
const CPU_SHARE = 0.01;
const TICKS_A_SECOND = 100;

let program: Program | undefined;
afterEach(async () => {
  await program?.stop();
  await threeQuestions({});
});

/** Wake-ups of its main thread, and the CPU time of all its threads in seconds. */
function usage(pid: number): { wakings: number; cpuS: number } {
  const wakings = Number(/^voluntary_ctxt_switches:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]);
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/^.*\) /s, '').split(' ');
  return { wakings, cpuS: (Number(fields[11]) + Number(fields[12])) / TICKS_A_SECOND };
}

/** Its wake-ups and CPU time in a second; a tick of the kernel's clock is two thousandths of the time. */
async function usageASecond(pid: number): Promise<{ wakings: number; cpu: number }> {
  const before = usage(pid);
  await wait(WATCHED_S * 1_000);
  const after = usage(pid);
  return { wakings: (after.wakings - before.wakings) / WATCHED_S, cpu: (after.cpuS - before.cpuS) / WATCHED_S };
}

async function sleeps(kind: 'kafka' | 'redis', options: object): Promise<void> {
  const count = 20;
  // The interval keeps the process alive; it sends nothing for the next hour.
  const publisher = await startPublisher({ broker: kind, options, topic: `idle-${randomUUID()}`, count, then: 'stay' });
  ({ program } = publisher);
  await publisher.hasAcknowledged(count);
  // Work that is left from the start, such as compiling, is done by now.
  await wait(2_000);
  const uses: { wakings: number; cpu: number }[] = [];
  const isQuiet = () => uses.some(({ wakings, cpu }) => wakings < WAKINGS_A_SECOND && cpu <= CPU_SHARE);
  while (!isQuiet() && uses.length < TIMES) uses.push(await usageASecond(program.pid));
  expect(isQuiet(), JSON.stringify(uses)).toBe(true);
  expect(program.tail()).not.toMatch(/warning/i);
}

needs('kafka').each(KAFKA_DRIVERS)('an idle handle of Kafka, %s', (driver) => {
  it('wakes fewer than ten times a second', async () => {
    const { host, port } = await sharedKafka();
    await sleeps('kafka', { driver, brokers: [`${host}:${port}`] });
  });
});

needs('redis')('an idle handle of Redis', () => {
  it('wakes fewer than ten times a second', async () => {
    await sleeps('redis', { url: (await sharedRedis()).url });
  });
});
