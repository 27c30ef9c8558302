/**
 * The time to recover: from the moment at which a killed source accepts connections again to the next published frame, and from the moment
 * at which a killed broker accepts connections again to an empty outbox. The part in which rxcam waits for its next attempt (backoff) is
 * printed separately. Uses real ffmpeg, a real RTSP server and a real broker.
 * Options: --runs N (default 20), --down MS (how long the server is down, plus up to a second; default 3000),
 * --broker redis | kafka (default redis).
 */
import { setTimeout as wait } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { type Observable, filter, firstValueFrom } from 'rxjs';
import { type Broker, type Camera, type CameraEvent, camera, encodeH265, kafka, publish, redis, retry, toMessage } from 'rxcam';
import { BROKER } from '../../src/core/defaults/defaults.js';
import { startKafka } from '../services/kafka.js';
import { noFfmpegLeft } from '../services/processes.js';
import { startRedis } from '../services/redis.js';
import { startRtspServer } from '../services/rtsp.js';

const SOURCE = { width: 160, height: 90, fps: 10, gop: 10 };
const WAITS = { initialMs: 500, maxMs: 2_000, stableAfterMs: 1_000 };
const STEADY_FRAMES = 15;

interface Recovery { readonly totalMs: number; readonly backoffMs: number }

const { values } = parseArgs({
  options: { runs: { type: 'string', default: '20' }, down: { type: 'string', default: '3000' }, broker: { type: 'string', default: 'redis' } },
});
const [runs, downMs] = [Number(values.runs), Number(values.down)];

const say = (text: string) => { process.stdout.write(`${text}\n`); };
const rtsp = await startRtspServer({ ...SOURCE, bitrate: 100 });
const { store, broker } = values.broker === 'kafka' ? await kafkaStore() : await redisStore();
const gate = camera(rtsp.url, { readWindowMs: 500, maxReadFailures: 4 });
const subscription = gate.pipe(encodeH265({ mode: 'frame' }), toMessage(), publish(broker, { topic: 'recovery' }), retry(WAITS)).subscribe();

say(`recovery: ${runs} runs; RTSP ${SOURCE.width}x${SOURCE.height} at ${SOURCE.fps} fps, a keyframe every ${SOURCE.gop} frames; `
  + `retry from ${WAITS.initialMs} to ${WAITS.maxMs} ms; down for ${downMs} to ${downMs + 1_000} ms; ${values.broker}`);
const ofSource: Recovery[] = [];
for (let run = 0; run < runs; run++) ofSource.push(await sourceRecovery(gate));
table('source back to first published frame', ofSource);
const ofBroker: Recovery[] = [];
for (let run = 0; run < runs; run++) ofBroker.push(await brokerRecovery(gate, broker));
table('broker back to empty outbox', ofBroker);

subscription.unsubscribe();
await broker.close();
await noFfmpegLeft();
await rtsp.stop();
await store.stop();
const { captured, published, droppedTotal, inFlight, reconnects } = gate.stats;
say(JSON.stringify({ captured, published, droppedTotal, inFlight, reconnects }));

async function redisStore() {
  const store = await startRedis();
  return { store, broker: redis({ url: store.url }) };
}

async function kafkaStore() {
  const store = await startKafka();
  return { store, broker: kafka({ brokers: [store.address] }) };
}

async function sourceRecovery(from: Camera): Promise<Recovery> {
  await steady(from);
  const waits: Wait[] = [];
  const watching = only(from, 'retrying').subscribe(({ at, delayMs = 0 }) => waits.push({ from: at, to: at + delayMs }));
  await rtsp.kill();
  await wait(downMs + Math.random() * 1_000);
  const published = firstValueFrom(only(from, 'published'));
  await rtsp.start();
  const readyAt = Date.now();
  const { at } = await published;
  watching.unsubscribe();
  return recovery(readyAt, at, waits);
}

/** The broker reports each failed request; the wait after it is computed as in src/broker/sender/circuit-breaker.ts. */
async function brokerRecovery(from: Camera, to: Broker): Promise<Recovery> {
  await steady(from);
  const waits: Wait[] = [];
  const watching = to.errors$.subscribe(() => {
    const at = Date.now();
    waits.push({ from: at, to: at + Math.min(BROKER.retryMaxMs, BROKER.retryInitialMs * 2 ** waits.length) });
  });
  await store.kill();
  await wait(downMs + Math.random() * 1_000);
  const empty = firstValueFrom(only(from, 'published').pipe(filter(() => to.state.outbox.messages === 0)));
  await store.start();
  const readyAt = Date.now();
  const { at } = await empty;
  watching.unsubscribe();
  return recovery(readyAt, at, waits);
}

interface Wait { readonly from: number; readonly to: number }

/** Backoff is the part of the waits between `readyAt` and `at`. */
function recovery(readyAt: number, at: number, waits: readonly Wait[]): Recovery {
  const backoffMs = waits.reduce((sum, one) => sum + Math.max(0, Math.min(one.to, at) - Math.max(one.from, readyAt)), 0);
  return { totalMs: at - readyAt, backoffMs };
}

async function steady(from: Camera): Promise<void> {
  let left = STEADY_FRAMES;
  await firstValueFrom(only(from, 'published').pipe(filter(() => --left === 0)));
}

function only<T extends CameraEvent['type']>(from: Camera, type: T): Observable<Extract<CameraEvent, { type: T }>> {
  return from.events$.pipe(filter((event): event is Extract<CameraEvent, { type: T }> => event.type === type));
}

function table(name: string, results: readonly Recovery[]): void {
  const rows = [
    ['total', results.map(({ totalMs }) => totalMs)],
    ['backoff', results.map(({ backoffMs }) => backoffMs)],
    ['without backoff', results.map(({ totalMs, backoffMs }) => totalMs - backoffMs)],
  ] as const;
  say(`\n| ${name}, ms | min | p50 | p90 | max |\n| --- | --- | --- | --- | --- |`);
  for (const [row, numbers] of rows) say(`| ${row} | ${[0, 0.5, 0.9, 1].map((share) => Math.round(quantile(numbers, share))).join(' | ')} |`);
}

/** A quantile by nearest rank. */
function quantile(numbers: readonly number[], share: number): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? NaN;
}
