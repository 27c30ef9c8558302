/** Checks the messages of one topic and key: the verdict on each, the missing messages before it, and whether it can be decoded. */
import { hash } from 'node:crypto';
import type { Received } from '../received.js';
import { type Range, Sequence } from './sequence.js';
import type { GapCause, Verdict } from './verified.js';

/** Missing numbers, and the cause; `to` is below `from` if they can't be counted. */
export interface Missing extends Range { readonly cause: GapCause }

/** The result for a message. */
export interface Checked {
  readonly verdict: Verdict;
  readonly decodable: boolean;
  /** Whether it arrived after messages that were sent later. */
  readonly isLate: boolean;
  /** Whether the message has a digest. */
  readonly hasDigest: boolean;
  readonly missing: readonly Missing[];
}

/** Maximum number of senders of one key that are remembered. */
const MAX_SENDERS = 16;

/** Whether the bytes differ from those that were sent; undefined if the message has no digest. */
export function isTorn({ facts: { digest, data } }: Received): boolean | undefined {
  return digest === undefined ? undefined : hash(digest.algorithm, data, 'hex') !== digest.hex;
}

export class KeyCheck {
  readonly #senders = new Map<string, Sequence>();
  #latest: Sequence | undefined;
  /** Whether no message can be decoded before the next keyframe, in stream mode. */
  #awaitsKeyframe = true;
  /** inputOrder of the last whole message with its own picture. */
  #lastFull: number | undefined;
  /** The highest epoch so far. */
  #epoch = -Infinity;
  /** Whether the broker has removed messages since the last one. */
  isExpired = false;

  check(message: Received): Checked {
    const torn = isTorn(message);
    const { facts: { inputOrder } } = message;
    const hasDigest = torn !== undefined;
    if (inputOrder === undefined) {
      return { verdict: torn === true ? 'torn' : 'whole', decodable: torn !== true, isLate: false, hasDigest, missing: [] };
    }
    if (this.#isStale(message, inputOrder)) return { verdict: 'fenced', decodable: false, isLate: false, hasDigest, missing: [] };
    const before = this.#latest;
    const { sequence, isNew, tail } = this.#sequenceOf(message, inputOrder);
    const seen = sequence.see(inputOrder, message.facts.sender === undefined ? message.id : undefined);
    const missing = [...tail, ...this.#causes(seen.missing, message)];
    this.isExpired &&= seen.as !== 'next';
    if (torn === true && seen.as !== 'repeated') sequence.torn(inputOrder);
    const verdict = torn === true ? 'torn' : seen.as === 'repeated' ? 'repeated' : 'whole';
    const isBroken = missing.length > 0 || (isNew && before !== undefined);
    return { verdict, isLate: verdict === 'whole' && seen.as === 'late', hasDigest, missing, decodable: this.#canDecode(message, verdict, seen.as, isBroken) };
  }

  /** Whether another machine already had the camera when the message was sent. A message that arrived before is only repeated. */
  #isStale({ facts: { epoch, sender = '' } }: Received, inputOrder: number): boolean {
    if (epoch === undefined) return false;
    if (epoch < this.#epoch) return this.#senders.get(sender)?.has(inputOrder) !== true;
    this.#epoch = epoch;
    return false;
  }

  #sequenceOf(message: Received, inputOrder: number): { sequence: Sequence; isNew: boolean; tail: Missing[] } {
    const { sender: named } = message.facts;
    const sender = named ?? '';
    const known = this.#senders.get(sender);
    const isRestart = known !== undefined && named === undefined && known.isRestart(inputOrder, message.id);
    if (known !== undefined && !isRestart) {
      this.#latest = known;
      return { sequence: known, isNew: false, tail: [] };
    }
    const { camera } = message;
    // Another camera may have used the same key before.
    const before = this.#latest?.camera === camera ? this.#latest : undefined;
    const sequence = new Sequence(camera, inputOrder, before === undefined);
    this.#senders.delete(sender);
    this.#senders.set(sender, sequence);
    if (this.#senders.size > MAX_SENDERS) this.#senders.delete(this.#senders.keys().next().value as string);
    this.#latest = sequence;
    return { sequence, isNew: true, tail: before === undefined ? [] : this.#tailOf(before, message, inputOrder) };
  }

  /** Missing messages of the previous sender, up to its last one, which this sender's first message names. */
  #tailOf({ last }: Sequence, { facts: { previousOrder, handover } }: Received, inputOrder: number): Missing[] {
    const cause = this.#lossCause;
    if (handover === 'unknown') return [{ cause: 'takeover', from: last + 1, to: last }];
    if (handover !== undefined) {
      const seen = this.#senders.get(handover.sender)?.last ?? 0;
      return handover.inputOrder > seen ? [{ cause, from: seen + 1, to: handover.inputOrder }] : [];
    }
    if (previousOrder === undefined || previousOrder < inputOrder || previousOrder <= last) return [];
    return [{ cause, from: last + 1, to: previousOrder }];
  }

  /** Missing messages that the sender names as sent were lost; it has dropped the others. */
  #causes(missing: Range | undefined, { facts: { previousOrder, inputOrder = 0 } }: Received): Missing[] {
    if (missing === undefined) return [];
    const cause = this.#lossCause;
    if (previousOrder === undefined) return [{ cause, ...missing }];
    // A higher number belongs to the previous sender.
    const sent = previousOrder < inputOrder ? previousOrder : 0;
    const parts: Missing[] = [
      { cause, from: missing.from, to: Math.min(missing.to, sent) },
      { cause: 'dropped', from: Math.max(missing.from, sent + 1), to: missing.to },
    ];
    return parts.filter(({ from, to }) => from <= to);
  }

  /** The cause of a message that was sent and did not arrive. */
  get #lossCause(): 'expired' | 'lost' { return this.isExpired ? 'expired' : 'lost'; }

  #canDecode({ facts: { mode, keyframe, inputOrder, referenceOrder } }: Received, verdict: Verdict, as: string, isBroken: boolean): boolean {
    if (isBroken) this.#awaitsKeyframe = true;
    if (verdict === 'torn') {
      this.#awaitsKeyframe = true;
      return false;
    }
    if (verdict === 'repeated') return false;
    if (mode === 'stream') {
      if (as === 'late') return false;
      if (keyframe === true) this.#awaitsKeyframe = false;
      return !this.#awaitsKeyframe;
    }
    if (referenceOrder !== undefined) return referenceOrder === this.#lastFull;
    if (as === 'next') this.#lastFull = inputOrder;
    return true;
  }
}
