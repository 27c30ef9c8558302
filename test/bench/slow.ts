/**
 * Memory while a consumer takes 20 ms for each message: for some minutes, `subscribe` and `verify` read from a real Kafka that has more
 * messages than the consumer can process. Prints resident memory and array buffers every ten seconds and, at the end, compares the first
 * fifth with the last.
 * Options: --minutes N (default 10).
 */
import { randomBytes, randomUUID } from 'node:crypto';
import { parseArgs } from 'node:util';
import { delay, of } from 'rxjs';
import { deliver, kafka, subscribe, verify } from 'rxcam';
import { startKafka } from '../services/kafka.js';
import { median } from './cpu.mjs';
import { fill } from './fill.js';
import { BYTES, message } from './messages.js';

const TAKES_MS = 20;
const SAMPLE_MS = 10_000;
/** Allowed growth from the first fifth to the last: heap that is not collected yet. */
const MAX_GROWTH_MB = 10;

const { values } = parseArgs({ options: { minutes: { type: 'string', default: '10' } } });
const durationMs = Number(values.minutes) * 60_000;
const say = (text: string) => { process.stdout.write(`${text}\n`); };

const topic = 'slow';
const server = await startKafka();
// Deletes the gigabytes of the topic.
process.once('SIGINT', () => { void server.stop().then(() => process.exit(130)); });
const broker = kafka({ brokers: [server.address] });
const rss: number[] = [];
const buffers: number[] = [];
try {
  const data = randomBytes(BYTES);
  const run = randomUUID();
  // The inbox holds 1000 messages more.
  const count = Math.ceil(durationMs / TAKES_MS) + 2_000;
  await fill(server.address, topic, count, (index) => message(data, index + 1, run));
  let taken = 0;
  const received$ = subscribe(broker, { topic, from: 'earliest' });
  const subscription = received$.pipe(verify(), deliver((one) => of(one).pipe(delay(TAKES_MS)))).subscribe(() => { taken++; });
  const started = performance.now();
  const before = process.cpuUsage();
  await new Promise<void>((resolve) => {
    const sampling = setInterval(() => {
      const memory = process.memoryUsage();
      rss.push(memory.rss / 1e6);
      buffers.push(memory.arrayBuffers / 1e6);
      const seconds = (performance.now() - started) / 1_000;
      const { inbox } = received$.stats;
      say(`${seconds.toFixed(0).padStart(4)} s: ${taken} taken, resident ${(memory.rss / 1e6).toFixed(1)} MB, array buffers ${(memory.arrayBuffers / 1e6).toFixed(1)} MB, `
        + `heap ${(memory.heapUsed / 1e6).toFixed(1)} MB, inbox ${inbox.messages} messages of ${(inbox.bytes / 1e6).toFixed(1)} MB`);
      if (seconds * 1_000 < durationMs - SAMPLE_MS / 2) return;
      clearInterval(sampling);
      resolve();
    }, SAMPLE_MS);
  });
  const { user, system } = process.cpuUsage(before);
  subscription.unsubscribe();
  say(`${values.minutes} minutes of ${TAKES_MS} ms a message, ${taken} messages of ${BYTES} bytes, ${((user + system) / taken).toFixed(0)} µs CPU of Node each, timer included`);
  say(`resident memory ${growth(rss)}; array buffers ${growth(buffers)}; target: no more than ${MAX_GROWTH_MB} MB of growth`);
} finally {
  await broker.close();
  await server.stop();
}

function growth(all: readonly number[]): string {
  const fifth = Math.max(1, Math.floor(all.length / 5));
  const [first, last] = [median(all.slice(0, fifth)), median(all.slice(-fifth))];
  return `${first.toFixed(1)} MB in the first fifth, ${last.toFixed(1)} in the last (${(last - first).toFixed(1)})`;
}
