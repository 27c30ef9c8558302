/**
 * Runs a fleet of real workers with RTSP cameras, real ffmpeg and a real Kafka for some minutes. Workers are killed, drained, suspended and
 * cut off at random, Kafka and the source fail, and a consumer searches for missing messages without a reported cause. The exit code is 1 if
 * a message was torn or lost, a message of a worker that had lost the camera was whole, a change of owner was not reported, a ledger does
 * not balance, a worker did not drain, or a camera does not run at the end.
 *
 * Options: --minutes N (default 60), --cameras N (default 12), --workers N (default 3), --every S (mean seconds between faults,
 * default 20), --seed N.
 */
import { setTimeout as wait } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { lastValueFrom } from 'rxjs';
import { kafka } from 'rxcam';
import { coordinator } from 'rxcam/fleet';
import { startKafka } from '../../services/kafka.js';
import { freePort } from '../../services/ports.js';
import { noFfmpegLeft } from '../../services/processes.js';
import { startTcpProxy } from '../../services/proxy.js';
import { startRtspServer } from '../../services/rtsp.js';
import { Faults, seeded, serverFaults } from '../faults.js';
import { FleetConsumer } from './consumer.js';
import { Machine, cableFaults, workerFaults } from './workers.js';

const MINUTE_MS = 60_000;
const SETTLE_MS = 90_000;
const LOOK_MS = 200;
const { values } = parseArgs({ options: {
  minutes: { type: 'string', default: '60' }, cameras: { type: 'string', default: '12' }, workers: { type: 'string', default: '3' },
  every: { type: 'string', default: '20' }, seed: { type: 'string', default: String(Date.now() % 1_000_000) },
} });
const [minutes, count, workers, every, seed] = [values.minutes, values.cameras, values.workers, values.every, values.seed]
  .map(Number) as [number, number, number, number, number];
const say = (text: string) => { process.stdout.write(`${text}\n`); };
const problems: string[] = [];

say(`soak of a fleet: ${minutes} minutes, ${count} cameras, ${workers} workers, a fault every ${every} s on average, seed ${seed}`);
const port = await freePort();
const cable = await startTcpProxy({ port });
// Kafka's own default: the first round of a group waits for further workers.
const properties = { 'group.initial.rebalance.delay.ms': '3000' };
const server = await startKafka({ second: { port, advertisedPort: cable.port }, properties });
const rtsp = await startRtspServer({ width: 160, height: 120, fps: 5, gop: 5, bitrate: 100 });
const broker = kafka({ brokers: [server.address], requestTimeoutMs: 5_000 });
await broker.prepare('video');
const group = coordinator(broker);
const config = JSON.stringify({ source: rtsp.url, pipeline: [{ skipRate: { fps: 2 } }, { encodeJpeg: {} }, { toMessage: {} }, { publish: { topic: 'video' } }] });
await lastValueFrom(group.write('cameras', Array.from({ length: count }, (_, index) => ({ key: `camera-${index}`, value: config }))), { defaultValue: undefined });
const consumer = new FleetConsumer(broker);
const machines = Array.from({ length: workers }, (_, index) => new Machine(`worker-${index}`, index === workers - 1 ? cable.address : server.address));
await Promise.all(machines.map((machine) => machine.start()));
if (!await until(() => consumer.cameras === count)) problems.push(`${consumer.cameras} of ${count} cameras send messages after the start`);

const faults = new Faults([
  ...workerFaults(machines, 1), ...cableFaults(cable, 2), ...serverFaults('kafka', server, 1), ...serverFaults('rtsp', rtsp, 1),
], seeded(seed), { min: every * 500, max: every * 1500 });
const failing = faults.run();
for (let minute = 1; minute <= minutes && allProblems().length === 0; minute++) {
  await wait(MINUTE_MS);
  print(`minute ${minute}`);
}
faults.stop();
await failing;
say('no more faults; all cameras must run');
const since = consumer.whole;
const all = () => machines.reduce((sum, machine) => sum + machine.running, 0);
// A worker that was suspended needs time to notice that it has lost its cameras.
await until(() => all() === count && machines.every(({ state }) => state['status'] === 'member') && consumer.whole > since + count);
if (!machines.every(({ alive }) => alive)) problems.push('not all workers are running');
const running = all();
if (running !== count) problems.push(`${running} of ${count} cameras run at the end`);
for (const machine of machines) await machine.drain();
const whole = consumer.whole;
await until(() => consumer.whole > whole, 3_000);
for (const machine of machines) problems.push(...balanceOf(machine));
await noFfmpegLeft(process.pid, 10_000).catch((error: unknown) => { problems.push(String(error)); });
print('end');
consumer.stop();
group.close();
await broker.close({ deadlineMs: 0 });
await Promise.all([server.stop(), rtsp.stop(), cable.stop()]);
const found = [...allProblems(), ...faults.errors.map((error) => `the soak itself: ${String(error)}`)];
say(found.length === 0 ? 'soak: passed' : `soak: FAILED\n${found.join('\n')}`);
process.exit(found.length === 0 ? 0 : 1);

function allProblems(): string[] {
  return [...problems, ...machines.flatMap((machine) => machine.problems), ...[...consumer.problems].slice(0, 10), ...consumer.wrong];
}

/**
 * Checks that the messages that a worker published were received whole. A message without an acknowledgement counts as dropped in the ledger,
 * but may have been received. The last ledgers of a killed worker are missing.
 */
function balanceOf(machine: Machine): string[] {
  const came = consumer.of(machine.name);
  return [...machine.published].flatMap(([camera, published]) => {
    const seen = came.get(camera) ?? 0;
    const most = published + (machine.dropped.get(camera) ?? 0);
    const isRight = seen >= published && (machine.wasKilled || seen <= most);
    return isRight ? [] : [`${machine.name}, ${camera}: ${published} published, ${most - published} dropped, ${seen} received whole`];
  });
}

function print(when: string): void {
  say([
    `--- ${when}: ${consumer.verdicts}`,
    `    faults: ${[...faults.counts].map(([name, times]) => `${name} ${times}`).join(', ')}`,
    `    ${machines.map(({ name, alive, running: own, ledgers, state }) => `${name} ${alive ? String(state['status']) : 'gone'}, ${own} cameras, ${ledgers} ledgers`).join('; ')}`,
  ].join('\n'));
}

async function until(isTrue: () => boolean, withinMs = SETTLE_MS): Promise<boolean> {
  const end = performance.now() + withinMs;
  while (!isTrue() && performance.now() < end) await wait(LOOK_MS);
  return isTrue();
}
