/**
 * Parses Kafka's answer to a fetch: response version 4 and record batches of version 2 (https://kafka.apache.org/protocol). The
 * value and headers of a message are copied together, once: a view would keep the whole answer in memory.
 */
import { Received, PackedHeaders } from '../../../../message/index.js';
import { compactPart } from '../../../reading/index.js';
import { ByteReader } from '../../wire/index.js';
import { kafkaHeaders } from './record-headers.js';

/** The request to which the answer belongs. */
export interface RequestedRecords {
  readonly topic: string;
  readonly from: ReadonlyMap<number, number>;
  /** Only messages with this key; undefined for all. */
  readonly key: Buffer | undefined;
  /** As in inflate.ts. */
  inflate(attributes: number, records: Buffer): Promise<Buffer> | undefined;
}

/** The answer for a partition. */
export interface Fetched {
  readonly partition: number;
  readonly errorCode: number;
  /** The offset after the last message that can be read. */
  readonly highWatermark: number;
  /** Offset of the next fetch; undefined if the answer has no batch. */
  readonly next: number | undefined;
  readonly messages: readonly Received[];
}

/** Bits of a batch's attributes. */
const IS_TRANSACTIONAL = 0x10;
const IS_CONTROL = 0x20;
const HAS_APPEND_TIME = 0x08;
const MAGIC_AT = 16;
/** Bytes before the records: base offset, length, leader epoch, magic, checksum, attributes … */
const BATCH_HEAD_BYTES = 61;

/** The answer of all partitions, and the pause that the broker's quota requests, in ms. */
export async function readFetched(payload: Buffer, wanted: RequestedRecords): Promise<{ readonly throttleMs: number; readonly fetched: Fetched[] }> {
  const bytes = new ByteReader(payload);
  const throttleMs = bytes.int32();
  const fetched: Fetched[] = [];
  for (let topics = bytes.int32(); topics > 0; topics--) {
    bytes.skip(bytes.int16());
    for (let partitions = bytes.int32(); partitions > 0; partitions--) fetched.push(await readPartition(bytes, wanted));
  }
  return { throttleMs, fetched };
}

async function readPartition(bytes: ByteReader, wanted: RequestedRecords): Promise<Fetched> {
  const partition = bytes.int32();
  const errorCode = bytes.int16();
  const highWatermark = bytes.int64();
  bytes.skip(8);
  const aborted: Aborted[] = [];
  for (let count = bytes.int32(); count > 0; count--) aborted.push({ producer: bytes.id64(), first: bytes.int64() });
  const size = Math.max(0, bytes.int32());
  const batches = new PartitionBatches(partition, wanted, aborted.sort((a, b) => a.first - b.first));
  await batches.read(bytes.take(size));
  return { partition, errorCode, highWatermark, next: batches.next, messages: batches.messages };
}

interface Aborted { readonly producer: bigint; readonly first: number }
interface Batch { readonly base: number; readonly time: number; readonly appendTime: number | undefined }

class PartitionBatches {
  readonly messages: Received[] = [];
  next: number | undefined;
  /** Producers whose current transaction was aborted. */
  readonly #abortedProducers = new Set<bigint>();

  constructor(readonly partition: number, readonly wanted: RequestedRecords, readonly aborted: Aborted[]) {}

  /** Reads all complete batches. The last one may be incomplete, because the broker fills the requested size. */
  async read(data: Buffer): Promise<void> {
    for (let at = 0; at + BATCH_HEAD_BYTES <= data.length;) {
      const end = at + 12 + data.readInt32BE(at + 8);
      if (end > data.length) return;
      if (data[at + MAGIC_AT] !== 2) throw new Error(`records of version ${data[at + MAGIC_AT] ?? '?'} given, expected version 2 (Kafka 0.11 or later)`);
      await this.#readBatch(data.subarray(at, end));
      at = end;
    }
  }

  async #readBatch(data: Buffer): Promise<void> {
    const base = Number(data.readBigInt64BE(0));
    const attributes = data.readInt16BE(21);
    const last = base + data.readInt32BE(23);
    const producer = data.readBigInt64BE(43);
    const time = Number(data.readBigInt64BE(27));
    const appendTime = (attributes & HAS_APPEND_TIME) === 0 ? undefined : Number(data.readBigInt64BE(35));
    this.next = last + 1;
    while (this.aborted[0] !== undefined && this.aborted[0].first <= last) this.#abortedProducers.add((this.aborted.shift() as Aborted).producer);
    if ((attributes & IS_CONTROL) !== 0) this.#abortedProducers.delete(producer);
    else if ((attributes & IS_TRANSACTIONAL) === 0 || !this.#abortedProducers.has(producer)) {
      const records = data.subarray(BATCH_HEAD_BYTES);
      this.#readRecords(await this.wanted.inflate(attributes, records) ?? records, data.readInt32BE(57), { base, time, appendTime });
    }
  }

  #readRecords(data: Buffer, count: number, { base, time, appendTime }: Batch): void {
    const { key: only, topic, from } = this.wanted;
    const first = from.get(this.partition) ?? 0;
    const bytes = new ByteReader(data);
    for (let left = count; left > 0; left--) {
      const length = bytes.varint();
      const end = bytes.at + length;
      if (length < 0 || end > data.length) throw new RangeError(`a record of ${length} bytes in a batch of ${data.length}`);
      bytes.skip(1);
      const timestamp = appendTime ?? time + bytes.varlong();
      if (appendTime !== undefined) bytes.varlong();
      const offset = base + bytes.varint();
      const key = bytes.bytes();
      const isWanted = offset >= first && (only === undefined || key?.equals(only) === true);
      if (isWanted) this.messages.push(messageOf(bytes, end, { topic, partition: this.partition, offset, timestamp, key: key?.toString() }));
      bytes.at = end;
    }
  }
}

interface RecordPosition {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly timestamp: number;
  readonly key: string | undefined;
}

/** The message at the position of the reader. Copies value and headers, which are adjacent, together. */
function messageOf(bytes: ByteReader, end: number, { offset, ...place }: RecordPosition): Received {
  const length = Math.max(0, bytes.varint());
  const own = compactPart(bytes.data, bytes.at, end);
  return new Received({
    ...place, offset: String(offset), value: own.subarray(0, length), headers: new PackedHeaders(own.subarray(length), kafkaHeaders),
  });
}
