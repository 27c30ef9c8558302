/** Digests of access units, each computed once, even for several messages. */
import { hash } from 'node:crypto';

/** Digests that are computed already. */
const known = { md5: new WeakMap<Buffer, string>(), sha256: new WeakMap<Buffer, string>() };

/** The digest of `data`, in lower-case hex. */
export function digest(algorithm: keyof typeof known, data: Buffer): string {
  let hex = known[algorithm].get(data);
  if (hex === undefined) known[algorithm].set(data, hex = hash(algorithm, data));
  return hex;
}
