/** The Python of docs/guides/consuming.md and `verify` read the same topics, and agree on every message. */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { Kafka, logLevel } from 'kafkajs';
import { randomUUID } from 'node:crypto';
import { expect, it } from 'vitest';
import { subscribe, verify } from '../../../operators/index.js';
import { type Broker, kafka, redis } from '../../../src/broker/index.js';
import type { Gap, Received, Verified } from '../../../src/message/index.js';
import { needs, run, sharedKafka, sharedRedis, temporaryFolder } from '../../services/index.js';
import { consumerPython } from '../../services/cache.mjs';
import { blocks } from '../../unit/readme.js';
import { type Sent, cut, received } from '../../unit/broker/sent.js';
import { all, closeAll, opened } from '../broker/broker-messages.js';

const PAGE = readFileSync(new URL('../../../docs/guides/consuming.md', import.meta.url), 'utf8');

/** Everything that can happen to messages of two cameras, one of which begins again. */
const PLANTED: readonly (Sent & { readonly isCut?: true })[] = [
  { order: 3 }, { order: 4 }, { order: 1, camera: 'b', previous: 0 }, { order: 4 }, { order: 5, isCut: true }, { order: 6 },
  { order: 9, previous: 7 }, { order: 8, previous: 7 }, { order: 2, camera: 'b' }, { order: 2, camera: 'b', isCut: true },
  { order: 12, previous: 9 }, { order: 12, previous: 9 }, { order: 1, previous: 0, run: 'second' }, { order: 4, previous: 2, run: 'second' },
  { order: 7, camera: 'b', previous: 6 }, { order: 5, run: 'second', isCut: true }, { order: 5, run: 'second' }, { order: 6, run: 'second' },
];

const messages = (): Received[] => PLANTED.map((sent) => (sent.isCut ? cut(sent) : received(sent)));

async function byPython(kind: 'kafka' | 'redis', topic: string, port: number): Promise<string[]> {
  const folder = temporaryFolder('python');
  try {
    for (const { language, code } of blocks(PAGE)) {
      const name = /^# (\w+\.py)\n/.exec(code)?.[1];
      if (language !== 'python' || name === undefined) continue;
      const placed = code.replaceAll("'video'", `'${topic}'`).replace('localhost:9092', `127.0.0.1:${port}`).replace("host='localhost', port=6379", `host='127.0.0.1', port=${port}`);
      writeFileSync(join(folder, name), placed);
    }
    return String(await run(consumerPython, [join(folder, `read_${kind}.py`)])).trim().split('\n');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function byVerify(broker: Broker, topic: string): Promise<string[]> {
  const found = await all(subscribe(opened(broker), { topic, from: 'earliest', to: 'latest' }).pipe(verify({ keep: ['repeated', 'torn', 'undecodable'] })));
  await closeAll();
  let gaps: Gap[] = [];
  return found.flatMap((one) => {
    if (one.verdict === 'gap') {
      gaps.push(one);
      return [];
    }
    const said = [...gaps.map(({ cause, from, to }) => `${cause} ${from}-${to}`), one.verdict].map((words) => lineOf(one, words));
    gaps = [];
    return said;
  });
}

const lineOf = ({ key, inputOrder }: Verified, words: string) => `${key ?? ''} ${inputOrder ?? ''} ${words}`;

function isAsPlanted(lines: readonly string[]): void {
  expect(lines).toEqual([
    'cam 3 whole', 'cam 4 whole', 'b 1 whole', 'cam 4 repeated', 'cam 5 torn', 'cam 6 whole', 'cam 9 lost 7-7', 'cam 9 dropped 8-8', 'cam 9 whole',
    'cam 8 whole', 'b 2 whole', 'b 2 torn', 'cam 12 dropped 10-11', 'cam 12 whole', 'cam 12 repeated', 'cam 1 whole', 'cam 4 lost 2-2',
    'cam 4 dropped 3-3', 'cam 4 whole', 'b 7 lost 3-6', 'b 7 whole', 'cam 5 torn', 'cam 5 whole', 'cam 6 whole',
  ]);
}

needs('kafka', 'redis')('a consumer in Python', () => {
  it('agrees with verify on every message of a Kafka topic', async () => {
    const { host, port } = await sharedKafka();
    const topic = `python-${randomUUID()}`;
    const client = new Kafka({ brokers: [`${host}:${port}`], logLevel: logLevel.NOTHING });
    const admin = client.admin();
    await admin.connect();
    await admin.createTopics({ topics: [{ topic }] });
    await admin.disconnect();
    const producer = client.producer();
    await producer.connect();
    await producer.send({ topic, messages: messages().map(({ key, value, headers }) => ({ key: key ?? null, value, headers: { ...headers } })) });
    await producer.disconnect();
    const [python, own] = await Promise.all([byPython('kafka', topic, port), byVerify(kafka({ brokers: [`${host}:${port}`] }), topic)]);
    isAsPlanted(own);
    expect(python).toEqual(own);
  });

  it('agrees with verify on every entry of a Redis stream', async () => {
    const { port, url } = await sharedRedis();
    const topic = `python-${randomUUID()}`;
    const client = new Redis(url);
    for (const { headers, value } of messages()) await client.xadd(topic, '*', ...Object.entries(headers).flat(), 'data', value);
    client.disconnect();
    const [python, own] = await Promise.all([byPython('redis', topic, port), byVerify(redis({ url }), topic)]);
    isAsPlanted(own);
    expect(python).toEqual(own);
  });
});
