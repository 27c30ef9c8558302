/** The Produce request that rxcam writes is read by another library's reader as it was meant. */
import { Reader, type RecordsBatch, crc32c, readRecordsBatch } from '@platformatic/kafka';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Outgoing } from '../../../src/broker/driver.js';
import { RequestBuffers, checksumOr } from '../../../src/broker/kafka/wire/index.js';
import { type KafkaRecord, produceBody } from '../../../src/broker/kafka/wire/produce.js';
import { FakeRun } from './outbox-fakes.js';

const text = fc.string({ unit: 'binary', maxLength: 40 });
const record = fc.record({
  key: text, value: fc.uint8Array({ maxLength: 9_000 }), headers: fc.dictionary(fc.oneof(text, fc.constantFrom('ce_id', 'ce_key')), fc.oneof(text, fc.constantFrom('x', 'Zürich', '')), { maxKeys: 5 }),
  timestamp: fc.oneof(fc.constant(-1), fc.integer({ min: 0, max: 2 ** 42 })),
});
const partitions = fc.array(fc.tuple(fc.integer({ min: 0, max: 70_000 }), fc.array(record, { minLength: 1, maxLength: 70 })), { minLength: 1, maxLength: 3 });
const topics = fc.array(fc.tuple(fc.stringMatching(/^[\w.-]{1,249}$/), partitions), { minLength: 1, maxLength: 3 });
type Given = NonNullable<ReturnType<typeof record.generate>['value']>;

const template = new FakeRun('camera').message();

function recordOf({ key, value, headers, timestamp }: Given): KafkaRecord {
  const { previousOrderHeader: _, ...rest } = template;
  const outgoing: Outgoing = { topic: 'unused', key, message: { ...rest, value: Buffer.from(value), headers }, headers };
  return { outgoing, timestamp };
}

/** The contents of a batch, in the form of the input. */
function saidBy({ records, firstTimestamp }: RecordsBatch): Given[] {
  return records.map(({ key, value, headers, timestampDelta }) => ({
    key: String(key), value: new Uint8Array(value ?? []), timestamp: Number(firstTimestamp + timestampDelta),
    headers: Object.fromEntries(headers.map(([name, said]) => [String(name), String(said)])),
  }));
}

const buffers = new RequestBuffers();
const checksum = await checksumOr(() => { throw new Error('the native package is not there'); });

it.each(['none', 'gzip'] as const)('says each record of each partition, with compression %s', async (compression) => {
  await fc.assert(fc.asyncProperty(topics, async (given) => {
    const topicData = given.map(([topic, list]) => ({
      topic, partitions: list.map(([partition, records]) => ({ partition, records: records.map(recordOf) })),
    }));
    const body = await produceBody({ topicData, acks: -1, timeout: 1_234, compression }, checksum, buffers);
    const reader = Reader.from(body);
    expect([reader.readInt16(), reader.readInt16(), reader.readInt32()]).toEqual([-1, -1, 1_234]);
    const said = reader.readArray((r) => [r.readString(false), r.readArray((p) => {
      const partition = p.readInt32(), bytes = p.readBytes(false);
      expect(bytes.readUInt32BE(17)).toBe(crc32c(bytes.subarray(21)));
      return [partition, readRecordsBatch(Reader.from(bytes))] as const;
    }, false, false)] as const, false, false);
    expect(reader.remaining).toBe(0);
    // The next request overwrites this one in the buffer, which has been read by then.
    buffers.giveBack(body);
    const texts = given.map(([topic, list]) => [topic, list.map(([partition, records]) => [partition, records.map(wellFormed)])]);
    expect(said.map(([topic, list]) => [topic, list.map(([partition, batch]) => [partition, saidBy(batch)])])).toEqual(texts);
    for (const batch of said.flatMap(([, list]) => list.map(([, one]) => one))) {
      expect(batch.lastOffsetDelta).toBe(batch.records.length - 1);
      expect(batch.records.map(({ offsetDelta }) => offsetDelta)).toEqual(batch.records.map((_, index) => index));
      expect(Number(batch.maxTimestamp)).toBe(Math.max(...saidBy(batch).map(({ timestamp }) => timestamp)));
    }
  }), { numRuns: 60 });
});

/** Half of a pair of characters is none in UTF-8. */
function wellFormed(given: Given): Given {
  const sound = (one: string) => Buffer.from(one).toString();
  return { ...given, key: sound(given.key), headers: Object.fromEntries(Object.entries(given.headers).map(([name, said]) => [sound(name), sound(said)])) };
}
