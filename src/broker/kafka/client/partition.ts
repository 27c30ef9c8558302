/** The partition of a key, by murmur2 as in Kafka's own clients, so that a key has the same partition with all producers. */

const SEED = 0x9747b28c;
const M = 0x5bd1e995;
const R = 24;
/** Maximum number of hashes kept. */
const MAX_HASHES = 10_000;

export function partitionOf(key: string, partitions: number): number {
  return (hashOf(key) & 0x7fffffff) % partitions;
}

/** Hashes by key: each message needs the hash of its key. */
const hashes = new Map<string, number>();

function hashOf(key: string): number {
  let hash = hashes.get(key);
  if (hash === undefined) {
    // Each message may have another key.
    if (hashes.size >= MAX_HASHES) hashes.clear();
    hashes.set(key, hash = murmur2(Buffer.from(key)));
  }
  return hash;
}

/** The hash of Kafka's Utils.murmur2, in 32 bits. */
export function murmur2(data: Buffer): number {
  let hash = SEED ^ data.length;
  const whole = data.length & ~3;
  for (let index = 0; index < whole; index += 4) {
    let word = Math.imul(data.readInt32LE(index), M);
    word = Math.imul(word ^ (word >>> R), M);
    hash = Math.imul(hash, M) ^ word;
  }
  const rest = data.length - whole;
  if (rest > 0) {
    for (let index = rest - 1; index >= 0; index--) hash ^= (data[whole + index] as number) << (8 * index);
    hash = Math.imul(hash, M);
  }
  hash = Math.imul(hash ^ (hash >>> 13), M);
  return hash ^ (hash >>> 15);
}
