/** Checks the messages of all topics and keys, and counts the results. */
import type { VerdictCounts } from '../../core/frame/verdict-counts.js';
import { KeyCheck, type Missing } from './key-check.js';
import type { Received } from '../received.js';
import { type Gap, Verified } from './verified.js';

/** Counts of `verify`. */
export interface VerifyStats extends VerdictCounts {
  /** Whole messages that arrived after messages that were sent later; until then they counted as missing. */
  readonly late: number;
  /** Messages without a digest, which can't be checked for torn bytes. */
  readonly unchecked: number;
}

type Totals = { -readonly [Name in keyof VerifyStats]: VerifyStats[Name] };

/** Maximum number of topics and keys that are remembered; the least recently used is forgotten. */
const MAX_KEYS = 10_000;

export class Verifier {
  readonly #checks = new Map<string, KeyCheck>();

  constructor(readonly totals: Totals) {}

  static zeroStats(): Totals {
    return {
      whole: 0, repeated: 0, torn: 0, fenced: 0, undecodable: 0, late: 0, unchecked: 0, gaps: 0, dropped: 0, lost: 0, expired: 0, takeovers: 0,
    };
  }

  /** The message with its verdict, and the gaps before it. */
  check(message: Received): { readonly gaps: readonly Gap[]; readonly verified: Verified } {
    const fromBroker = message.expired === undefined ? [] : this.#markExpired(message, message.expired);
    const { verdict, decodable, isLate, hasDigest, missing } = this.#checkOf(message).check(message);
    const gaps = [...fromBroker, ...missing.map((one) => gapOf(one, message))];
    this.totals[verdict]++;
    if (verdict === 'whole' && !decodable) this.totals.undecodable++;
    if (isLate) this.totals.late++;
    if (!hasDigest) this.totals.unchecked++;
    for (const { cause, size } of gaps) {
      this.totals.gaps++;
      if (cause === 'takeover') this.totals.takeovers++;
      else this.totals[cause] += size;
    }
    return { gaps, verified: new Verified(message, verdict, decodable) };
  }

  /** Marks all keys: the next message of each shows its loss. If no key is known, a gap reports the broker's own count. */
  #markExpired(message: Received, size: number): Gap[] {
    for (const check of this.#checks.values()) check.isExpired = true;
    return this.#checks.size > 0 ? [] : [{ ...placeOf(message), verdict: 'gap', cause: 'expired', size }];
  }

  #checkOf({ topic, key = '' }: Received): KeyCheck {
    const name = `${key}\0${topic}`;
    const check = this.#checks.get(name) ?? new KeyCheck();
    if (this.#checks.size >= MAX_KEYS) {
      this.#checks.delete(name);
      this.#checks.set(name, check);
      if (this.#checks.size > MAX_KEYS) this.#checks.delete(this.#checks.keys().next().value as string);
    } else this.#checks.set(name, check);
    return check;
  }
}

function gapOf({ cause, from, to }: Missing, message: Received): Gap {
  const size = to - from + 1;
  return { ...placeOf(message), verdict: 'gap', cause, size, from, ...(size > 0 && { to }) };
}

function placeOf({ topic, key, camera, partition, timestamp }: Received): Omit<Gap, 'verdict' | 'cause' | 'size'> {
  return { topic, key, camera, partition, timestamp };
}
