/**
 * Encodes the Produce request, versions 3 to 8, into one buffer. Both client libraries spend most of their time on it, mostly on
 * copies. Here each value is copied once, and the text of a record is joined before it is written, because a call for each header
 * costs more than its bytes.
 */
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { HeaderTextCache, type Outgoing, eachHeader } from '../../driver.js';
import type { RequestBuffers } from './buffers.js';
import type { Checksum } from './checksum.js';

/** A message as a record. */
export interface KafkaRecord {
  readonly outgoing: Outgoing;
  /** ms since 1970; -1 for none. */
  readonly timestamp: number;
  /** Whether the record has no value: it removes its key from a compacted topic. */
  readonly isTombstone?: boolean;
}

/** The records of one topic, by partition. */
export interface TopicData {
  readonly topic: string;
  readonly partitions: readonly { readonly partition: number; readonly records: readonly KafkaRecord[] }[];
}

export interface ProduceRequest {
  readonly topicData: readonly TopicData[];
  readonly acks: number;
  /** Time that the broker waits for its replicas, in ms. */
  readonly timeout: number;
  readonly compression: 'none' | 'gzip';
}

/** Bytes from the base offset to the count of records (RecordBatch v2). */
const BATCH_HEAD_BYTES = 61;
/** The checksum begins at the attributes. */
const CHECKSUM_START = 21;
/** Bytes that the length of a batch does not include: the base offset, and the length itself. */
const UNCOUNTED_BYTES = 12;
const MAGIC = 2;
const GZIP = 1;

/** The body of the request, after the header that all requests have. Its buffer comes from the pool; the caller returns it. */
export async function produceBody(
  { topicData, acks, timeout, compression }: ProduceRequest, checksum: Checksum, buffers: RequestBuffers,
): Promise<Buffer> {
  const batches: { readonly head: string; readonly batch: Batch; readonly compressed: Buffer | undefined }[] = [];
  // No transaction.
  let head = int16Text(-1) + int16Text(acks) + int32Text(timeout) + int32Text(topicData.length);
  for (const { topic, partitions } of topicData) {
    head += int16Text(Buffer.byteLength(topic)) + utf8(topic) + int32Text(partitions.length);
    for (const { partition, records } of partitions) {
      const batch = batchOf(records);
      const compressed = compression === 'gzip' ? await promisify(gzip)(joined(batch)) : undefined;
      batches.push({ head: head + int32Text(partition) + int32Text(BATCH_HEAD_BYTES + (compressed?.length ?? batch.length)), batch, compressed });
      head = '';
    }
  }
  const size = batches.reduce((sum, one) => sum + one.head.length + BATCH_HEAD_BYTES + (one.compressed?.length ?? one.batch.length), 0);
  const body = buffers.take(size);
  let at = 0;
  for (const one of batches) {
    at += body.write(one.head, at, 'latin1');
    at = writeBatch(body, at, one, checksum);
  }
  return body;
}

/** The records of one partition: text and values in turn. A character of text is one byte. */
interface Batch {
  readonly parts: readonly (string | Buffer)[];
  readonly length: number;
  readonly count: number;
  readonly firstTime: number;
  readonly lastTime: number;
}

const headerTexts = new HeaderTextCache((name, header) => lengthPrefixed(name) + lengthPrefixed(header));

function batchOf(records: readonly KafkaRecord[]): Batch {
  const parts: (string | Buffer)[] = [];
  const firstTime = records[0]?.timestamp ?? -1;
  let lastTime = firstTime, length = 0, text = '';
  for (const [index, { outgoing, timestamp, isTombstone = false }] of records.entries()) {
    lastTime = Math.max(lastTime, timestamp);
    const { value } = outgoing.message;
    const front = `\0${varint(timestamp - firstTime)}${varint(index)}${lengthPrefixed(outgoing.key)}${varint(isTombstone ? -1 : value.length)}`;
    let count = 0, headers = '';
    eachHeader(outgoing, (name, header) => {
      count++;
      headers += headerTexts.of(name, header);
    });
    const back = varint(count) + headers;
    text += varint(front.length + value.length + back.length) + front;
    parts.push(text, value);
    length += text.length + value.length;
    text = back;
  }
  parts.push(text);
  return { parts, length: length + text.length, count: records.length, firstTime, lastTime };
}

/** Writes a record batch; returns the position after it. */
function writeBatch(
  body: Buffer, start: number, { batch, compressed }: { batch: Batch; compressed: Buffer | undefined }, checksum: Checksum,
): number {
  const end = start + BATCH_HEAD_BYTES + (compressed?.length ?? batch.length);
  if (compressed === undefined) writeParts(body, start + BATCH_HEAD_BYTES, batch);
  else compressed.copy(body, start + BATCH_HEAD_BYTES);
  body.fill(0, start, start + 8);
  body.writeInt32BE(end - start - UNCOUNTED_BYTES, start + 8);
  body.writeInt32BE(-1, start + 12);
  body.writeInt8(MAGIC, start + 16);
  body.writeInt16BE(compressed === undefined ? 0 : GZIP, start + CHECKSUM_START);
  body.writeInt32BE(batch.count - 1, start + 23);
  body.writeBigInt64BE(BigInt(batch.firstTime), start + 27);
  body.writeBigInt64BE(BigInt(batch.lastTime), start + 35);
  // No producer id, epoch or sequence.
  body.fill(0xff, start + 43, start + 57);
  body.writeInt32BE(batch.count, start + 57);
  body.writeUInt32BE(checksum(body.subarray(start + CHECKSUM_START, end)) >>> 0, start + 17);
  return end;
}

function writeParts(body: Buffer, start: number, { parts }: Batch): void {
  let at = start;
  for (const part of parts) at += typeof part === 'string' ? body.write(part, at, 'latin1') : part.copy(body, at);
}

/** All records in one buffer, for compression. */
function joined(batch: Batch): Buffer {
  const bytes = Buffer.allocUnsafe(batch.length);
  writeParts(bytes, 0, batch);
  return bytes;
}

/** The UTF-8 bytes of a text after their number. */
function lengthPrefixed(text: string): string {
  const bytes = utf8(text);
  return varint(bytes.length) + bytes;
}

/** The UTF-8 bytes of a text, each as one character. */
function utf8(text: string): string {
  return Buffer.byteLength(text) === text.length ? text : Buffer.from(text).toString('latin1');
}

/** A zigzag varint: seven bits in each byte. */
function varint(value: number): string {
  let rest = value < 0 ? -2 * value - 1 : 2 * value;
  let bytes = '';
  for (; rest > 0x7f; rest = Math.floor(rest / 0x80)) bytes += String.fromCharCode((rest % 0x80) + 0x80);
  return bytes + String.fromCharCode(rest);
}

/** The bytes of a number, each as one character; so is that of `int32Text`. */
function int16Text(value: number): string {
  return String.fromCharCode((value >> 8) & 0xff, value & 0xff);
}

function int32Text(value: number): string {
  return int16Text(value >> 16) + int16Text(value);
}
