/** Encodes the requests of a reader, and decodes the answer to a search for offsets (https://kafka.apache.org/protocol). */
import { ByteReader, type RawRequest, int32, int64, int8, string } from '../../wire/index.js';

/** Version 4 of Fetch and 2 of ListOffsets are the first with every field that is read here. Brokers from 0.11 to 4.x support them. */
const FETCH = { apiKey: 1, apiName: 'Fetch', apiVersion: 4 };
const LIST_OFFSETS = { apiKey: 2, apiName: 'ListOffsets', apiVersion: 2 };
/** The replica id of a client, which is not a replica. */
const NO_REPLICA = -1;
/** Messages of open or aborted transactions are not read. */
const READ_COMMITTED = 1;

/** Limits of an answer in bytes, for a partition and for all; the broker sends a single larger message anyway. */
const MAX_PARTITION_BYTES = 1024 * 1024;
const MAX_BYTES = 2 * MAX_PARTITION_BYTES;

/** Fetches messages. @param from - the first offset to read, by partition */
export function fetchRequest(topic: string, from: ReadonlyMap<number, number>, maxWaitMs: number): RawRequest {
  const partitions = [...from].map(([partition, offset]) => [int32(partition), int64(offset), int32(MAX_PARTITION_BYTES)]);
  const head = [int32(NO_REPLICA), int32(maxWaitMs), int32(1), int32(MAX_BYTES), int8(READ_COMMITTED)];
  return { ...FETCH, body: Buffer.concat([...head, ...topicFields(topic, partitions)]) };
}

/** Searches for offsets. @param time - ms since 1970, or one of the protocol's two special times */
export function offsetsRequest(topic: string, partitions: readonly number[], time: number): RawRequest {
  const fields = partitions.map((partition) => [int32(partition), int64(time)]);
  return { ...LIST_OFFSETS, body: Buffer.concat([int32(NO_REPLICA), int8(READ_COMMITTED), ...topicFields(topic, fields)]) };
}

/** The answer for a partition; the offset is negative if there is no such message. */
export interface FoundOffset { readonly partition: number; readonly errorCode: number; readonly offset: number }

export function readOffsets(payload: Buffer): FoundOffset[] {
  const bytes = new ByteReader(payload);
  bytes.skip(4);
  const found: FoundOffset[] = [];
  for (let topics = bytes.int32(); topics > 0; topics--) {
    bytes.skip(bytes.int16());
    for (let partitions = bytes.int32(); partitions > 0; partitions--) {
      const [partition, errorCode] = [bytes.int32(), bytes.int16()];
      bytes.skip(8);
      found.push({ partition, errorCode, offset: bytes.int64() });
    }
  }
  return found;
}

/** Finds the coordinator of a consumer group: version 1. */
export function coordinatorRequest(group: string): RawRequest {
  return { apiKey: 10, apiName: 'GroupCoordinator', apiVersion: 1, body: Buffer.concat([string(group), int8(0)]) };
}

/** The error code in the answer; 0 for none. */
export function readCoordinatorError(payload: Buffer): number {
  return payload.readInt16BE(4);
}

/** The fields of a request for one topic, with those of each of its partitions. */
function topicFields(topic: string, partitions: readonly (readonly Buffer[])[]): Buffer[] {
  return [int32(1), string(topic), int32(partitions.length), ...partitions.flat()];
}
