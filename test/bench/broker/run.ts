/**
 * What a message costs on its way to Redis and to Kafka, each against the client alone that writes the same every 5 ms: the flow
 * benchmark with a real server. Options are those of `npm run bench flow`; destinations: redis, kafka, platformatic. With
 * `latency [ROUNDS] [SECONDS]` alone: the time from the access unit to its acknowledgement.
 */
import { startKafka } from '../../services/kafka.js';
import { startRedis } from '../../services/redis.js';

const REFERENCES: Readonly<Record<string, readonly string[]>> = {
  redis: ['ioredis', 'redis'], kafka: ['kafkajs', 'kafka'], platformatic: ['kafkajs', 'platformatic'],
};
/** What is written is not kept: a disk that fills up would be measured. */
const SHORT = { 'log.retention.bytes': '100000000', 'log.segment.bytes': '50000000', 'log.retention.check.interval.ms': '2000', 'log.segment.delete.delay.ms': '1000' };

const given = process.argv.slice(2);
const isLatency = given[0] === 'latency';
const asked = given.filter((one) => one in REFERENCES);
const names = isLatency ? ['kafka'] : [...new Set((asked.length > 0 ? asked : Object.keys(REFERENCES)).flatMap((name) => REFERENCES[name] ?? []))];
const redis = names.includes('redis') ? await startRedis() : undefined;
const kafka = names.some((name) => name !== 'redis' && name !== 'ioredis') ? await startKafka({ properties: SHORT }) : undefined;
if (redis !== undefined) process.env['RXCAM_BENCH_REDIS'] = redis.url;
if (kafka !== undefined) process.env['RXCAM_BENCH_KAFKA'] = kafka.address;
process.argv.splice(2, Infinity, ...names, ...given.filter((one) => !(one in REFERENCES)));
try {
  if (isLatency) {
    const { latency } = await import(new URL('latency.mjs', import.meta.url).href) as { latency(...numbers: number[]): Promise<void> };
    await latency(...given.slice(1).map(Number));
  } else {
    await import(new URL('../flow.mjs', import.meta.url).href);
  }
} finally {
  await kafka?.stop();
  await redis?.stop();
}
