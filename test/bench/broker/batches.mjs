/** The common part of the reference programs: collects the pictures of all cameras for 5 ms, and sends them together, up to the limit of a request. */
import { Observable } from 'rxjs';

const BATCH_MS = 5;
/** The limit of rxcam's own requests. After a pause of the machine, more pictures wait than a broker accepts in one request. */
const MAX_BYTES = 8 * 1024 ** 2;

/** The headers that rxcam adds to a picture, as constant text: the reference does not compute them. */
export const HEADERS = {
  ce_specversion: '1.0', ce_id: 'camera_0/6e8bc430-9c3a-11d9-9669-0800200c9a66/12345', ce_source: 'rtsp://bench.invalid/stream',
  ce_type: 'rxcam.frame', ce_time: '2026-11-29T03:00:00.000Z', 'content-type': 'video/h265', ce_key: 'camera_0', ce_seq: '12345',
  ce_inputorder: '12345', ce_pts: '123450000', ce_width: '640', ce_height: '360', ce_keyframe: 'true', ce_codec: 'h265',
  ce_mode: 'frame', ce_crf: '23', ce_previousorder: '12344', ce_sha256: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
};

/** A destination of the flow benchmark. `send` takes a list of `{ key, value }` and returns a promise. */
export function batches(send, close) {
  const waiting = [];
  const timer = setInterval(() => {
    while (waiting.length > 0) {
      const batch = waiting.splice(0, Math.max(1, Math.floor(MAX_BYTES / waiting[0].value.length)));
      send(batch).then(() => { for (const { subscriber } of batch) subscriber.next(1); }, (error) => { for (const { subscriber } of batch) subscriber.error(error); });
    }
  }, BATCH_MS);
  return {
    start: (engine, key) => new Observable((subscriber) => engine().subscribe((event) => {
      if (event.type === 'output') waiting.push({ key, value: event.data, subscriber });
    })),
    close: async () => {
      clearInterval(timer);
      await close();
    },
  };
}

/** The address of a server that `npm run bench broker` has started. */
export function address(name) {
  const found = process.env[`RXCAM_BENCH_${name}`];
  if (found === undefined) throw new Error(`RXCAM_BENCH_${name} is not set: run npm run bench broker`);
  return found;
}

/** Creates a topic that accepts a whole batch, before the measurement begins. */
export async function topic(name) {
  const { Kafka, logLevel } = await import('kafkajs');
  const admin = new Kafka({ brokers: [address('KAFKA')], logLevel: logLevel.NOTHING }).admin();
  await admin.connect();
  await admin.createTopics({ topics: [{ topic: name, configEntries: [{ name: 'max.message.bytes', value: '10485760' }] }] });
  await admin.disconnect();
  return name;
}
