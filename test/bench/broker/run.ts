/**
 * The flow benchmark with real servers: the CPU that a message to Redis and to Kafka takes, compared with the client alone, which writes the
 * same data every 5 ms. Destinations: redis, kafka, platformatic; options as for `npm run bench flow`. With `latency [ROUNDS] [SECONDS]`
 * it measures the time from an access unit to its acknowledgement instead.
 */
import { startKafka } from '../../services/kafka.js';
import { startRedis } from '../../services/redis.js';

const REFERENCES: Readonly<Record<string, readonly string[]>> = {
  redis: ['ioredis', 'redis'], kafka: ['kafkajs', 'kafka'], platformatic: ['kafkajs', 'platformatic'],
};
/** Kafka deletes old messages soon: otherwise the benchmark would measure a disk that fills up. */
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
