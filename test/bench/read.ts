/**
 * The cost of reading: CPU of this process for each message of 20 kB from a real Kafka. Each round runs a bare kafkajs eachBatch loop,
 * `subscribe`, and `subscribe` with `verify`. At the end: the memory that a slow consumer takes.
 * Options: --messages N (default 10000), --rounds N (default 7).
 */
import { randomBytes, randomUUID } from 'node:crypto';
import { parseArgs } from 'node:util';
import { Kafka, logLevel } from 'kafkajs';
import { type Observable, concat, count, delay, defer, from, lastValueFrom, of, tap } from 'rxjs';
import { type Broker, deliver, kafka, publish, subscribe, verify } from 'rxcam';
import { startKafka } from '../services/kafka.js';
import { median } from './cpu.mjs';
import { BYTES, message } from './messages.js';

const SLOW_MS = 20;
const SLOW_MESSAGES = 500;

const { values } = parseArgs({ options: { messages: { type: 'string', default: '10000' }, rounds: { type: 'string', default: '7' } } });
const [messages, rounds] = [Number(values.messages), Number(values.rounds)];
const say = (text: string) => { process.stdout.write(`${text}\n`); };

const server = await startKafka();
const topic = 'read';
const broker = kafka({ brokers: [server.address] });
await fill(broker);

const ways: Record<string, () => Promise<void>> = {
  'kafkajs eachBatch': bare,
  'subscribe': () => drained(subscribe(broker, { topic, from: 'earliest', to: 'latest' })),
  'subscribe + verify': () => drained(subscribe(broker, { topic, from: 'earliest', to: 'latest' }).pipe(verify())),
};
const costs = new Map(Object.keys(ways).map((name) => [name, [] as number[]]));
for (let round = 0; round <= rounds; round++) {
  // Each of them is the first in turn.
  const order = Object.entries(ways);
  for (let turn = 0; turn < round % order.length; turn++) order.push(order.shift() as typeof order[number]);
  for (const [name, way] of order) {
    const before = process.cpuUsage();
    await way();
    const { user, system } = process.cpuUsage(before);
    // The first round warms up.
    if (round > 0) costs.get(name)?.push((user + system) / messages);
  }
}
say(`${messages} messages of ${BYTES} bytes, ${rounds} rounds, CPU of the reading process; median (least to most)`);
const [bareCosts = [], plainCosts = [], verifiedCosts = []] = [...costs.values()];
const perRound = (of: (bareCost: number, plainCost: number, verifiedCost: number) => number) =>
  median(bareCosts.map((one, index) => of(one, plainCosts[index] ?? 0, verifiedCosts[index] ?? 0)));
for (const [name, all] of costs) say(`${name.padEnd(20)} ${median(all).toFixed(1)} µs a message (${Math.min(...all).toFixed(1)} to ${Math.max(...all).toFixed(1)})`);
say(`median of the rounds: subscribe against kafkajs ${perRound((one, other) => other / one).toFixed(2)} x; `
  + `verify adds ${perRound((_, plain, verified) => verified - plain).toFixed(1)} µs a message`);
await slow();
await broker.close();
await server.stop();

async function fill(to: Broker): Promise<void> {
  const run = randomUUID();
  const parts = Array.from({ length: Math.ceil(messages / 200) }, (_, part) => defer(() => from(
    Array.from({ length: Math.min(200, messages - 200 * part) }, (_one, index) => message(randomBytes(BYTES), 200 * part + index + 1, run)),
  ).pipe(publish(to, { topic }))));
  await lastValueFrom(concat(...parts));
}

/** As users write it, with the parts of each message that they need: its bytes, and a header. */
async function bare(): Promise<void> {
  const consumer = new Kafka({ brokers: [server.address], logLevel: logLevel.NOTHING }).consumer({ groupId: randomUUID(), maxWaitTimeInMs: 100 });
  await consumer.connect();
  await consumer.subscribe({ topic, fromBeginning: true });
  let seen = 0;
  let bytes = 0;
  await new Promise<void>((resolve) => {
    void consumer.run({
      autoCommit: false,
      eachBatch: ({ batch }) => {
        for (const { value, headers } of batch.messages) {
          bytes += (value?.length ?? 0) + String(headers?.['ce_seq']).length;
          seen++;
        }
        if (seen >= messages) resolve();
        return Promise.resolve();
      },
    });
  });
  await consumer.disconnect();
}

async function drained(source: Observable<unknown>): Promise<void> {
  const found = await lastValueFrom(source.pipe(tap((one) => (one as { seq?: number }).seq), count()));
  if (found !== messages) throw new Error(`${found} messages, expected ${messages}`);
}

/** Memory while a consumer takes 20 ms for each message. */
async function slow(): Promise<void> {
  const source = subscribe(broker, { topic, from: 'earliest' });
  let most = 0;
  let first = 0;
  const started = performance.now();
  await new Promise<void>((resolve) => {
    let seen = 0;
    const subscription = source.pipe(deliver((one) => of(one).pipe(delay(SLOW_MS)))).subscribe(() => {
      const { rss } = process.memoryUsage();
      if (++seen === 100) first = rss;
      if (seen >= 100) most = Math.max(most, rss);
      if (seen < SLOW_MESSAGES) return;
      subscription.unsubscribe();
      resolve();
    });
  });
  const seconds = ((performance.now() - started) / 1_000).toFixed(0);
  say(`a consumer of ${SLOW_MS} ms: ${SLOW_MESSAGES} messages in ${seconds} s, resident memory grew by ${((most - first) / 1e6).toFixed(1)} MB after the first 100, `
    + `${source.stats.received} emitted, ${source.stats.inbox.messages} in the inbox`);
}
