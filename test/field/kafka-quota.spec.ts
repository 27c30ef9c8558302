/** A Kafka with a quota: rxcam keeps and reports the pause that the broker requests, and sends no message twice. */
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { type Admin, Kafka, logLevel } from 'kafkajs';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { kafka } from '../../src/index.js';
import { kafkaLibs } from '../services/cache.mjs';
import { KAFKA_DRIVERS, type KafkaServer, needs, run, startKafka, threeQuestions } from '../services/index.js';
import { TestPublisher, adminOf } from './fixtures/test-publisher.js';

const RATE = 100_000;
const BYTES = 20_000;
const MESSAGES = 60;
/** Shorter than the pauses: a client that ignores them treats each request as failed; ms. */
const REQUEST_TIMEOUT_MS = 1_000;

needs('kafka').each(KAFKA_DRIVERS)('a quota, %s', (driver) => {
  let server: KafkaServer;
  let admin: Admin;
  beforeAll(async () => {
    server = await startKafka({ properties: { 'quota.window.num': '2' } });
    admin = await adminOf(new Kafka({ brokers: [server.address], logLevel: logLevel.NOTHING }));
    await run('java', ['-cp', join(kafkaLibs, '*'), 'kafka.admin.ConfigCommand', '--bootstrap-server', server.address, '--alter',
      '--entity-type', 'clients', '--entity-name', 'limited', '--add-config', `producer_byte_rate=${RATE}`]);
  });
  afterAll(async () => {
    await admin.disconnect();
    await server.stop();
  });

  it.each([['one camera', 1], ['three cameras', 3]])('of %s is kept, and each message is sent once', async (_, cameras) => {
    const lines: string[] = [];
    const logger = pino({ level: 'info' }, { write: (line: string) => { lines.push(line); } });
    const broker = kafka({ driver, brokers: [server.address], clientId: 'limited', requestTimeoutMs: REQUEST_TIMEOUT_MS, logger });
    const errors: string[] = [];
    const pauses: number[] = [];
    broker.errors$.subscribe(({ message }) => errors.push(message));
    broker.state$.subscribe(({ throttledMs }) => { if (throttledMs !== undefined) pauses.push(throttledMs); });
    const topic = `quota-${randomUUID()}`;
    await broker.prepare(topic);
    const publishers = Array.from({ length: cameras }, (__, index) => new TestPublisher(broker, topic, `gate_${index}`, {
      everyMs: 20, bytes: BYTES, count: MESSAGES / cameras,
    }));
    await Promise.all(publishers.map((publisher) => publisher.acknowledges(MESSAGES / cameras)));
    for (const publisher of publishers) publisher.stop();
    expect((await broker.close({ deadlineMs: 60_000 })).unsent).toBe(0);
    const [offsets] = await admin.fetchTopicOffsets(topic);
    const sent = publishers.reduce((sum, { run: { ledger } }) => sum + ledger.counts.published, 0);
    expect(Number(offsets?.high)).toBe(sent);
    expect(errors).toEqual([]);
    expect(Math.max(...pauses)).toBeGreaterThan(REQUEST_TIMEOUT_MS);
    expect(lines.some((line) => /quota requires a pause of \d+ ms/.test(line))).toBe(true);
    await threeQuestions({ stats: publishers.map(({ stats }) => stats), logs: lines });
  });
});
