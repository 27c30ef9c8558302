/**
 * Runs small cameras, each with a consumer, on a real RTSP server, Kafka and Redis for some minutes, and injects faults at random. Prints
 * its state every minute. The exit code is 1 if a ledger did not balance, a camera had two processes, messages were acknowledged out of
 * order, a published message did not reach the consumer whole, a rejection was not handled, or a frame or a process is left at the end.
 *
 * Options: --minutes N (default 20), --cameras N (default 4), --every S (mean seconds between faults, default 10),
 * --outbox N (messages for each camera, default 1000; with fewer, long outages cause drops), --seed N.
 */
import { setTimeout as wait } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { type Broker, kafka, redis } from 'rxcam';
import { startKafka } from '../services/kafka.js';
import { footage } from '../services/media.js';
import { ffmpegChildren, noFfmpegLeft } from '../services/processes.js';
import { startRedis } from '../services/redis.js';
import { startRtspServer } from '../services/rtsp.js';
import { type SoakCamera, makeCameras } from './cameras.js';
import { Faults, cameraFaults, seeded, serverFaults } from './faults.js';
import { minuteLines } from './report.js';

const SMALL = { width: 160, height: 90, fps: 5 };
const WATCH_EVERY_MS = 1_000;
const MINUTE_MS = 60_000;
const DRAIN_MS = 60_000;

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '20' }, cameras: { type: 'string', default: '4' },
    every: { type: 'string', default: '10' }, outbox: { type: 'string', default: '1000' }, seed: { type: 'string', default: String(Date.now() % 1_000_000) },
  },
});
const [minutes, count, every, outbox, seed] = [values.minutes, values.cameras, values.every, values.outbox, values.seed]
  .map(Number) as [number, number, number, number, number];

const problems: string[] = [];
process.on('unhandledRejection', (reason) => { problems.push(`unhandled rejection: ${String((reason as Error | undefined)?.stack ?? reason)}`); });
process.on('uncaughtException', (error) => { problems.push(`uncaught exception: ${String(error.stack)}`); });
const say = (text: string) => { process.stdout.write(`${text}\n`); };

say(`soak: ${minutes} minutes, ${count} cameras of ${SMALL.width}x${SMALL.height} at ${SMALL.fps} fps, a fault every ${every} s on average, outbox of ${outbox}, seed ${seed}`);
const file = await footage({ ...SMALL, seconds: 30, gop: 10 });
const servers = {
  rtsp: await startRtspServer({ ...SMALL, gop: 5, bitrate: 100 }),
  kafka: await startKafka(),
  redis: await startRedis(),
};
const brokers = { kafka: kafka({ brokers: [servers.kafka.address], requestTimeoutMs: 5_000 }), redis: redis({ url: servers.redis.url, requestTimeoutMs: 5_000 }) };
const readers = { kafka: kafka({ brokers: [servers.kafka.address], requestTimeoutMs: 5_000 }), redis: redis({ url: servers.redis.url, requestTimeoutMs: 5_000 }) };
const cameras = makeCameras(count, { rtspUrl: servers.rtsp.url, file, maxMessages: outbox, readers, ...brokers });
const faults = new Faults([
  ...(['rtsp', 'kafka', 'redis'] as const).flatMap((name) => serverFaults(name, servers[name], name === 'kafka' ? 1 : 3)),
  ...cameras.flatMap((one) => cameraFaults(one, 6 / cameras.length)),
], seeded(seed), { min: every * 500, max: every * 1500 });

for (const one of cameras) one.start();
const watching = setInterval(() => { for (const one of cameras) one.processes(); }, WATCH_EVERY_MS);
const failing = faults.run();
for (let minute = 1; minute <= minutes; minute++) {
  await wait(MINUTE_MS);
  for (const line of minuteLines(minute, cameras, Object.values(brokers), faults)) say(line);
  if (problemsOf(cameras).length > 0) break;
}

faults.stop();
await failing;
say('no more faults; waiting for the outboxes');
for (const one of cameras) one.stop();
await Promise.all(Object.values(brokers).map((broker) => drained(broker)));
for (const broker of Object.values(brokers)) {
  const { unsent } = await broker.close({ deadlineMs: 10_000 });
  if (unsent > 0) problems.push(`${broker.kind} is up and ${unsent} messages could not be sent`);
}
say('waiting for the consumers');
await settled(() => cameras.every(({ consumer, gate }) => consumer.hasAll(gate.stats.published)));
clearInterval(watching);
await noFfmpegLeft(process.pid, 10_000).catch((error: unknown) => { problems.push(String(error)); });
for (const line of minuteLines('end', cameras, Object.values(brokers), faults)) say(line);
for (const one of cameras) if (one.gate.stats.inFlight !== 0) problems.push(`${one.name}: ${one.gate.stats.inFlight} frames are still in flight`);
for (const { consumer, gate, name } of cameras) {
  if (!consumer.hasAll(gate.stats.published)) problems.push(`${name}: ${gate.stats.published} published, ${consumer.verdicts.whole} received whole`);
  consumer.stop();
}
await Promise.all(Object.values(readers).map((reader) => reader.close({ deadlineMs: 0 })));
for (const server of Object.values(servers)) await server.stop();

const all = [...problemsOf(cameras), ...faults.errors.map((error) => `the soak itself: ${String(error)}`)];
say(all.length === 0 ? 'soak: passed' : `soak: FAILED\n${all.join('\n')}`);
process.exitCode = all.length === 0 ? 0 : 1;

function problemsOf(of: readonly SoakCamera[]): string[] {
  const seen = of.flatMap((one) => [...one.problems].slice(0, 5).concat(one.consumer.problems).map((problem) => `${one.name}: ${problem}`));
  const crowded = of.filter((one) => one.mostProcesses > 1).map((one) => `${one.name}: ${one.mostProcesses} ffmpeg at once`);
  if (ffmpegChildren().length > count + 1) crowded.push(`${ffmpegChildren().length} ffmpeg for ${count} cameras`);
  return [...problems, ...seen, ...crowded];
}

function drained(broker: Broker): Promise<void> {
  return settled(() => broker.state.outbox.messages === 0);
}

/** Waits until a condition is true, for a minute at most. */
async function settled(isTrue: () => boolean): Promise<void> {
  const end = performance.now() + DRAIN_MS;
  while (!isTrue() && performance.now() < end) await wait(200);
}
