/**
 * One program of the broker benchmark: cameras whose pictures are made here go to a broker, by rxcam or by the client alone.
 * Arguments: what, address, topic, cameras, fps, bytes, seconds. Prints the messages acknowledged in that time, and the CPU of it.
 */
import { randomBytes } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';

const [what, address, topic] = process.argv.slice(2);
const [cameras, fps, bytes, seconds] = process.argv.slice(5).map(Number);
const WARM_UP_MS = 3_000;
const BATCH_MS = 5;

/** What rxcam writes beside the picture, as text that is there already. */
const HEADERS = {
  ce_specversion: '1.0', ce_id: 'cam0/6e8bc430-9c3a-11d9-9669-0800200c9a66/12345', ce_source: 'rtsp://192.0.2.1/0', ce_type: 'rxcam.frame',
  ce_time: '2026-11-29T03:00:00.000Z', 'content-type': 'video/h265', ce_key: 'cam0', ce_seq: '12345', ce_inputorder: '12345', ce_pts: '123450000',
  ce_width: '640', ce_height: '360', ce_keyframe: 'true', ce_codec: 'h265', ce_mode: 'frame', ce_crf: '23', ce_previousorder: '12344',
  ce_sha256: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
};

let acknowledged = 0;
let made = 0;
const noise = randomBytes(1 << 22);

/** Each picture is memory of its own, as those of an encoder are. */
function picture() {
  const data = Buffer.allocUnsafeSlow(bytes);
  const from = (made++ * 4_099) % (noise.length - bytes);
  noise.copy(data, 0, from, from + bytes);
  return data;
}

/** Pictures of one camera, at its rate whatever the timer does. */
function pictures(index, take) {
  const startedAt = performance.now() + (index * 1_000) / fps / cameras;
  let count = 0;
  const timer = setInterval(() => {
    while (startedAt + (count * 1_000) / fps <= performance.now()) take(picture(), count++);
  }, Math.min(1_000 / fps, 10));
  return () => { clearInterval(timer); };
}

/** Messages of 5 ms go together, as many requests at once as come. */
function batched(send) {
  let waiting = [];
  setInterval(() => {
    if (waiting.length === 0) return;
    const batch = waiting;
    waiting = [];
    send(batch).then(() => { acknowledged += batch.length; }, (error) => { console.error(error); process.exit(1); });
  }, BATCH_MS);
  for (let index = 0; index < cameras; index++) pictures(index, (data) => { waiting.push({ key: `cam${index}`, value: data }); });
}

const programs = {
  generator: () => {
    for (let index = 0; index < cameras; index++) pictures(index, () => { acknowledged++; });
  },
  ioredis: async () => {
    const { Redis } = await import('ioredis');
    const redis = new Redis(address);
    batched((batch) => {
      const pipeline = redis.pipeline();
      for (const { key, value } of batch) pipeline.xadd(topic, 'MAXLEN', '~', 1_000, '*', 'key', key, 'data', value);
      return pipeline.exec();
    });
  },
  'ioredis, same fields': async () => {
    const { Redis } = await import('ioredis');
    const redis = new Redis(address);
    batched((batch) => {
      const pipeline = redis.pipeline();
      for (const { value } of batch) pipeline.xadd(topic, 'MAXLEN', '~', 1_000, '*', ...Object.entries(HEADERS).flat(), 'data', value);
      return pipeline.exec();
    });
  },
  'kafkajs, same headers': async () => {
    const { Kafka, Partitioners, logLevel } = await import('kafkajs');
    const producer = new Kafka({ brokers: [address], logLevel: logLevel.ERROR }).producer({ createPartitioner: Partitioners.DefaultPartitioner });
    await producer.connect();
    batched((batch) => producer.sendBatch({ acks: 1, topicMessages: [{ topic, messages: batch.map((one) => ({ ...one, headers: HEADERS })) }] }));
  },
  kafkajs: async () => {
    const { Kafka, Partitioners, logLevel } = await import('kafkajs');
    const producer = new Kafka({ brokers: [address], logLevel: logLevel.ERROR }).producer({ createPartitioner: Partitioners.DefaultPartitioner });
    await producer.connect();
    batched((batch) => producer.sendBatch({ acks: 1, topicMessages: [{ topic, messages: batch }] }));
  },
  platformatic: async () => {
    const { Producer } = await import('@platformatic/kafka');
    const producer = new Producer({ clientId: 'bench', bootstrapBrokers: [address], acks: 1, autocreateTopics: false });
    batched((batch) => producer.send({ messages: batch.map(({ key, value }) => ({ topic, key: Buffer.from(key), value })) }));
  },
  'rxcam, no broker': () => rxcam(undefined),
  'rxcam memory': () => rxcam(({ memory }) => memory({ maxMessages: 100 })),
  'rxcam redis': () => rxcam(({ redis }) => redis({ url: address, maxLen: 1_000 })),
  'rxcam kafka': () => rxcam(({ kafka }) => kafka({ brokers: [address], acks: 1 })),
  'rxcam kafka, platformatic': () => rxcam(({ kafka }) => kafka({ brokers: [address], acks: 1, driver: 'platformatic' })),
};

async function rxcam(brokerOf) {
  const library = await import('../../dist/src/index.js');
  const { Observable } = await import('rxjs');
  const { camera, encodeH265, publish, toMessage } = library;
  const broker = brokerOf?.(library);
  for (let index = 0; index < cameras; index++) {
    const engine = () => new Observable((subscriber) => {
      subscriber.next({ type: 'connected' });
      subscriber.next({ type: 'opened', source: { width: 640, height: 360, fps } });
      subscriber.next({ type: 'encoder', encoder: 'bench', hardware: false, reason: 'requested' });
      return pictures(index, (data, count) => {
        const pts = Math.round((count * 1e6) / fps);
        subscriber.next({ type: 'captured', pts });
        subscriber.next({ type: 'output', pts, keyframe: true, width: 640, height: 360, format: 'h265', data });
      });
    });
    const messages$ = camera(`rtsp://192.0.2.1/${index}`, { key: `cam${index}`, engine }).pipe(encodeH265(), toMessage());
    (broker === undefined ? messages$ : messages$.pipe(publish(broker, { topic }))).subscribe({
      next: () => { acknowledged++; },
      error: (error) => { console.error(error); process.exit(1); },
    });
  }
  broker?.errors$.subscribe((error) => { console.error(error.message); });
}

await programs[what]();
await wait(WARM_UP_MS);
const before = process.cpuUsage();
const acknowledgedBefore = acknowledged;
await wait(seconds * 1_000);
const { user, system } = process.cpuUsage(before);
console.log(JSON.stringify({ messages: acknowledged - acknowledgedBefore, microseconds: user + system, rss: process.memoryUsage.rss() }));
process.exit(0);
