/**
 * The time from a Date in a large Kafka topic to the first picture of `decode`, at random places. Each seek has a new broker handle:
 * connecting and ffmpeg's start are included. A plain client fills the topic, which is deleted at the end.
 * Options: --gb N (default 2), --seeks N (default 40).
 */
import { randomUUID } from 'node:crypto';
import { parseArgs } from 'node:util';
import { firstValueFrom, tap } from 'rxjs';
import { decode, kafka, subscribe, verify } from 'rxcam';
import { startKafka } from '../services/kafka.js';
import { noFfmpegLeft } from '../services/processes.js';
import { fill } from './fill.js';
import { FRAME_MS, accessUnits, message, quantile } from './messages.js';

const MAX_P95_MS = 500;

const { values } = parseArgs({ options: { gb: { type: 'string', default: '2' }, seeks: { type: 'string', default: '40' } } });
const [bytes, seeks] = [Number(values.gb) * 1e9, Number(values.seeks)];
const say = (text: string) => { process.stdout.write(`${text}\n`); };

const topic = 'seek';
const key = 'cam';
const units = await accessUnits(50);
const count = Math.ceil(bytes / (units.reduce((sum, { length }) => sum + length, 0) / units.length));
/** Capture time of the first message; the last was captured a minute ago. */
const startAt = Date.now() - 60_000 - count * FRAME_MS;
const server = await startKafka();
// Deletes the gigabytes of the topic.
process.once('SIGINT', () => { void server.stop().then(() => process.exit(130)); });
try {
  const filling = performance.now();
  const run = randomUUID();
  await fill(server.address, topic, count, (index) => message(units[index % units.length] as Buffer, index + 1, run, { key, capturedAt: startAt + index * FRAME_MS }));
  say(`${count} messages, ${(bytes / 1e9).toFixed(1)} GB, ${((performance.now() - filling) / 1_000).toFixed(0)} s to fill`);
  const messageWaits: number[] = [];
  const pictureWaits: number[] = [];
  const cpu: number[] = [];
  for (let number = 0; number <= seeks; number++) {
    const before = process.cpuUsage();
    const [messageMs, pictureMs] = await seek(Math.floor(Math.random() * (count - 100)));
    const { user, system } = process.cpuUsage(before);
    // The first seek also imports the client and searches for ffmpeg.
    if (number === 0) { say(`first seek of the process: ${pictureMs.toFixed(0)} ms`); continue; }
    messageWaits.push(messageMs);
    pictureWaits.push(pictureMs);
    cpu.push((user + system) / 1_000);
  }
  const row = (all: readonly number[]) => `p50 ${quantile(all, 0.5).toFixed(0)} ms, p95 ${quantile(all, 0.95).toFixed(0)} ms, max ${Math.max(...all).toFixed(0)} ms`;
  say(`${seeks} seeks; to the first message: ${row(messageWaits)}`);
  say(`to the first picture: ${row(pictureWaits)}; target p95 ${MAX_P95_MS} ms`);
  say(`CPU of Node a seek: ${row(cpu)}`);
} finally {
  await server.stop();
}

/** Times to the first message and to the first picture, in ms. */
async function seek(index: number): Promise<[number, number]> {
  const from = new Date(startAt + index * FRAME_MS);
  const began = performance.now();
  let messageMs = NaN;
  const broker = kafka({ brokers: [server.address] });
  const picture = await firstValueFrom(subscribe(broker, { topic, key, from }).pipe(
    verify(), tap(() => { if (Number.isNaN(messageMs)) messageMs = performance.now() - began; }), decode({ pixelFormat: 'rgb24' }),
  ));
  const pictureMs = performance.now() - began;
  if (picture.inputOrder !== index + 1) throw new Error(`picture ${picture.inputOrder}, expected ${index + 1}`);
  await broker.close();
  await noFfmpegLeft();
  return [messageMs, pictureMs];
}
