/** Finds where the last n messages of a Kafka topic begin. For one key of several, it reads backwards, further each time. */
import { errorName } from '../client/index.js';
import { errorOf } from '../wire/index.js';
import { type FetchCluster, EARLIEST, LATEST } from './cluster.js';

/** The messages to search for. */
export interface LastRequest {
  readonly key: Buffer | undefined;
  readonly partitions: readonly number[];
  readonly count: number;
}

interface Found { readonly partition: number; readonly offset: number; readonly timestamp: number }

/** For each partition, the offset of its first message among the last n; its end if it has none of them. */
export async function lastOffsets(cluster: FetchCluster, request: LastRequest): Promise<Map<number, number>> {
  const { partitions, key, count } = request;
  const low = await cluster.offsets(partitions, EARLIEST);
  const high = await cluster.offsets(partitions, LATEST);
  const [only] = partitions;
  if (key === undefined && partitions.length === 1 && only !== undefined) {
    return new Map([[only, Math.max(low.get(only) ?? 0, (high.get(only) ?? 0) - count)]]);
  }
  let found: Found[] = [];
  const start = new Map(high);
  for (let distance = count; found.length < count && partitions.some((one) => (start.get(one) ?? 0) > (low.get(one) ?? 0)); distance *= 4) {
    for (const partition of partitions) {
      const end = start.get(partition) ?? 0;
      const from = Math.max(low.get(partition) ?? 0, (high.get(partition) ?? 0) - distance);
      start.set(partition, from);
      found = [...found, ...await messagesBetween(cluster, request, { partition, from, end })];
    }
  }
  const last = found.sort((a, b) => b.timestamp - a.timestamp || b.offset - a.offset).slice(0, count);
  const firsts = new Map(high);
  for (const { partition, offset } of last) firsts.set(partition, Math.min(firsts.get(partition) ?? Infinity, offset));
  return firsts;
}

/** The messages of a key from `from` up to, but without, `end`. */
async function messagesBetween(
  cluster: FetchCluster, { key }: LastRequest, { partition, from, end }: { partition: number; from: number; end: number },
): Promise<Found[]> {
  const leader = cluster.leaderOf(partition);
  const found: Found[] = [];
  for (let at = from; at < end;) {
    const [answer] = await cluster.fetch({ leader, from: new Map([[partition, at]]), key, isQuick: true });
    const error = errorOf(answer?.errorCode ?? 0);
    // The messages at this offset were removed meanwhile.
    if (errorName(error) === 'OFFSET_OUT_OF_RANGE') return found;
    if (error !== undefined) throw error;
    for (const { offset, timestamp } of answer?.messages ?? []) {
      if (Number(offset) < end) found.push({ partition, offset: Number(offset), timestamp });
    }
    if (answer?.next === undefined || answer.next <= at) return found;
    at = answer.next;
  }
  return found;
}
