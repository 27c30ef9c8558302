/**
 * The time from an access unit to its acknowledgement, without a linger: 20 cameras of 25 fps with 20 kB a picture, for some seconds.
 *
 *   node test/bench/broker/latency-worker.mjs kafka|platformatic|kafkajs SECONDS
 */
import { performance } from 'node:perf_hooks';
import { setTimeout as wait } from 'node:timers/promises';
import { Kafka, Partitioners, logLevel } from 'kafkajs';
import { Observable } from 'rxjs';
import { camera, encodeH265, kafka, publish, toMessage } from 'rxcam';
import { HEADERS, address, topic } from './batches.mjs';

const CAMERAS = 20, FPS = 25, BYTES = 20_000, WARM_UP_MS = 2_000;
const [client, seconds] = process.argv.slice(2);
const brokers = [address('KAFKA')];
const name = await topic('latency');
const times = [];
const done = (startedAt) => { times.push(performance.now() - startedAt); };

/** Calls `take` for each picture of a camera. Each camera starts at a random moment, so that the pictures are spread in time. */
function everyPicture(take) {
  let count = 0;
  const first = performance.now() + Math.random() * (1_000 / FPS);
  const next = () => {
    take(Buffer.alloc(BYTES, count), count++, performance.now());
    setTimeout(next, Math.max(0, first + (count * 1_000) / FPS - performance.now()));
  };
  setTimeout(next, first - performance.now());
}

if (client === 'kafkajs') {
  const producer = new Kafka({ brokers, logLevel: logLevel.ERROR }).producer({ createPartitioner: Partitioners.DefaultPartitioner });
  await producer.connect();
  for (let index = 0; index < CAMERAS; index++) {
    everyPicture((value, _, startedAt) => {
      producer.send({ topic: name, acks: 1, messages: [{ key: `camera_${index}`, value, headers: HEADERS }] }).then(() => { done(startedAt); });
    });
  }
} else {
  const broker = kafka({ brokers, acks: 1, lingerMs: 0, driver: client === 'platformatic' ? client : 'kafkajs' });
  await broker.prepare(name);
  for (let index = 0; index < CAMERAS; index++) {
    const startedAt = new Map();
    const engine = () => new Observable((subscriber) => {
      subscriber.next({ type: 'connected' });
      subscriber.next({ type: 'opened', source: { width: 640, height: 360, fps: FPS } });
      subscriber.next({ type: 'encoder', encoder: 'libx265', hardware: false, reason: 'generated' });
      everyPicture((data, count, at) => {
        startedAt.set(count + 1, at);
        const pts = count * (1e6 / FPS);
        subscriber.next({ type: 'captured', pts });
        subscriber.next({ type: 'output', pts, keyframe: true, width: 640, height: 360, format: 'h265', data });
      });
    });
    camera('rtsp://bench.invalid/stream', { key: `camera_${index}`, engine }).pipe(encodeH265(), toMessage(), publish(broker, { topic: name }))
      .subscribe(({ seq }) => {
        done(startedAt.get(seq));
        startedAt.delete(seq);
      });
  }
}
await wait(WARM_UP_MS);
times.length = 0;
await wait(1_000 * Number(seconds));
const sorted = times.toSorted((a, b) => a - b);
const at = (share) => sorted[Math.ceil(share * sorted.length) - 1];
console.log(JSON.stringify({ messages: sorted.length, p50: at(0.5), p99: at(0.99) }));
process.exit(0);
