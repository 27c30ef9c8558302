/** The answer to a fetch: what is written as a batch is read as it was, and damaged bytes end in an error, soon. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Outgoing } from '../../../src/broker/driver.js';
import { inflate, readFetched } from '../../../src/broker/kafka/read/protocol/index.js';
import { RequestBuffers, checksumOr } from '../../../src/broker/kafka/wire/index.js';
import { produceBody } from '../../../src/broker/kafka/wire/produce.js';
import { FakeRun } from './outbox-fakes.js';

const text = fc.string({ unit: 'grapheme', maxLength: 20 });
const record = fc.record({
  key: text, value: fc.uint8Array({ maxLength: 3_000 }), headers: fc.dictionary(text, text, { maxKeys: 4 }), timestamp: fc.integer({ min: 0, max: 2 ** 42 }),
});
type Given = NonNullable<ReturnType<typeof record.generate>['value']>;
const records = fc.array(record, { minLength: 1, maxLength: 20 });

const template = new FakeRun('camera').message();
const checksum = await checksumOr(() => { throw new Error('the native package is not there'); });

/** An answer with one batch, as a broker gives it: the batch as it was sent, and its place. */
async function answerOf(given: readonly Given[], base: number, compression: 'none' | 'gzip'): Promise<Buffer> {
  const made = given.map(({ key, value, headers, timestamp }) => {
    const { previousOrderHeader: _, ...rest } = template;
    const outgoing: Outgoing = { topic: 't', key, message: { ...rest, value: Buffer.from(value), headers }, headers };
    return { outgoing, timestamp };
  });
  const body = await produceBody({ topicData: [{ topic: 't', partitions: [{ partition: 3, records: made }] }], acks: 1, timeout: 1, compression }, checksum, new RequestBuffers());
  // Before the batch: transaction, acks, timeout, one topic, its name, one partition, its number, the length.
  const batch = Buffer.from(body.subarray(2 + 2 + 4 + 4 + 2 + 1 + 4 + 4 + 4));
  batch.writeBigInt64BE(BigInt(base), 0);
  const head = Buffer.alloc(4 + 4 + 2 + 1 + 4 + 4 + 2 + 8 + 8 + 4 + 4);
  head.writeInt32BE(1, 4);
  head.writeInt16BE(1, 8);
  head.write('t', 10);
  head.writeInt32BE(1, 11);
  head.writeInt32BE(3, 15);
  head.writeBigInt64BE(BigInt(base + given.length), 21);
  head.writeInt32BE(batch.length, head.length - 4);
  return Buffer.concat([head, batch]);
}

const read = (payload: Buffer, from = 0, key?: Buffer) => readFetched(payload, { topic: 't', from: new Map([[3, from]]), key, inflate });

it.each(['none', 'gzip'] as const)('reads each record as it was written, from the wanted one on, with compression %s', async (compression) => {
  await fc.assert(fc.asyncProperty(records, fc.nat(1_000), fc.nat(20), async (given, base, skipped) => {
    const { throttleMs, fetched: [one] } = await read(await answerOf(given, base, compression), base + skipped);
    expect(throttleMs).toBe(0);
    expect(one).toMatchObject({ partition: 3, errorCode: 0, highWatermark: base + given.length, next: base + given.length });
    const wanted = given.slice(skipped);
    expect(one?.messages.map(({ offset, key, value, timestamp, headers }) => ({ offset, key, value: [...value], timestamp, headers })))
      .toEqual(wanted.map(({ key, value, headers, timestamp }, index) => ({ offset: String(base + skipped + index), key, value: [...value], timestamp, headers: { ...headers } })));
    const [first] = given;
    const own = await read(await answerOf(given, base, compression), base, Buffer.from(first?.key ?? ''));
    expect(own.fetched[0]?.messages.map(({ key }) => key)).toEqual(given.filter(({ key }) => key === first?.key).map(({ key }) => key));
  }), { numRuns: 60 });
});

it('ends in messages or an error for any bytes that are changed, cut or put in, and makes no more of them than there are', async () => {
  const change = fc.record({ at: fc.nat(5_000), byte: fc.oneof(fc.constantFrom(0, 1, 0x7f, 0x80, 0xff), fc.nat(255)) });
  await fc.assert(fc.asyncProperty(records, fc.array(change, { minLength: 1, maxLength: 12 }), fc.nat(5_000), async (given, changes, length) => {
    const payload = await answerOf(given, 7, 'none');
    for (const { at, byte } of changes) payload[at % payload.length] = byte;
    const cut = payload.subarray(0, length % 3 === 0 ? length % payload.length : payload.length);
    const { fetched } = await read(cut).catch((error: unknown) => {
      expect(error).toBeInstanceOf(Error);
      return { fetched: [] };
    });
    const messages = fetched.flatMap((one) => [...one.messages]);
    expect(messages.length).toBeLessThanOrEqual(cut.length);
    // Headers are read on access, where no error is expected.
    for (const message of messages) expect(Object.keys(message.headers).length).toBeLessThanOrEqual(cut.length);
  }), { numRuns: 1_500 });
});
