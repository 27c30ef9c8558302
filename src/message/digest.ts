/** Digests of access units: each is computed once, however many messages name it. */
import { createHash } from 'node:crypto';

const known = new WeakMap<Buffer, Map<string, string>>();

/** The digest of `data`, in lower-case hex. */
export function digest(algorithm: 'md5' | 'sha256', data: Buffer): string {
  const ofData = known.get(data) ?? new Map<string, string>();
  known.set(data, ofData);
  const hex = ofData.get(algorithm) ?? createHash(algorithm).update(data).digest('hex');
  ofData.set(algorithm, hex);
  return hex;
}
