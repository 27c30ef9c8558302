/** A step's hold on pictures: what it does with them is told to the ledger. */
import type { Account, AccountOwner, Pressure } from './account.js';
import { mono } from '../core/clock.js';
import type { RxcamError } from '../core/errors/errors.js';
import type { DropCause, Place } from '../core/events.js';
import type { EncodedFacts } from './frame-events.js';
import type { Published } from '../core/frame/frame.js';

/**
 * A step's hold on the pictures of one value; every call tells the ledger. A ticket of a value that is already
 * held or settled elsewhere (the user sent it twice) counts nothing.
 */
export class Ticket {
  constructor(readonly accounts: readonly Account[]) {}

  get owner(): AccountOwner | undefined {
    return this.accounts[0]?.owner;
  }

  get pressure(): Pressure | undefined {
    return this.owner?.pressure;
  }

  move(to: Place): void {
    const first = this.accounts[0];
    if (first === undefined || first.place === to) return;
    const from = this.#put(first, to);
    first.owner.frames.moved(first.seq, this.accounts.length, from, to);
  }

  skip(reason: 'rate' | 'unchanged'): void {
    const first = this.accounts[0];
    if (first !== undefined) first.owner.frames.skipped(first.seq, this.accounts.length, this.#put(first, undefined), reason);
  }

  /** A reference goes on in place of the picture. */
  refer(to: Place): void {
    const first = this.accounts[0];
    if (first === undefined) return;
    for (const account of this.accounts) account.isReference = true;
    first.owner.frames.unchanged(first.seq, this.accounts.length, this.#put(first, to), to);
  }

  drop(cause: DropCause, error?: RxcamError): void {
    const first = this.accounts[0];
    if (first !== undefined) first.owner.frames.dropped(first.seq, this.accounts.length, this.#put(first, undefined), cause, error);
  }

  /** @param processMs - from decoding to the end of encoding */
  encoded(facts: EncodedFacts, to: Place, processMs: number): void {
    const first = this.accounts[0];
    if (first !== undefined) first.owner.frames.encoded(first.seq, this.accounts.length, this.#put(first, to), to, facts, processMs);
  }

  published(ack: Published): void {
    const first = this.accounts[0];
    if (first === undefined) return;
    const latencyMs = mono() - first.capturedMono;
    first.owner.frames.published(first.seq, this.accounts.length, this.#put(first, undefined), ack, latencyMs, first.isReference === true);
  }

  /** Puts the value into the user's hands, unless a step took it while it was passed on. */
  delivered(): void {
    const { accounts } = this;
    const first = accounts[0];
    if (accounts.length <= 1) {
      if (first?.place === 'handover') this.deliver();
      return;
    }
    new Ticket(accounts.filter((account) => account.place === 'handover')).deliver();
  }

  /** The user's sink took it to its end. */
  deliver(): void {
    const first = this.accounts[0];
    if (first !== undefined) first.owner.frames.delivered(first.seq, this.accounts.length, this.#put(first, 'delivered'), first.isReference === true);
  }

  /** Time since the (first) picture was decoded, in ms. */
  ageMs(): number {
    const first = this.accounts[0];
    return first === undefined ? 0 : mono() - first.capturedMono;
  }

  /** Puts all of them where the first is to be; returns where it was. */
  #put(first: Account, to: Account['place']): Place {
    const from = first.place as Place;
    for (const account of this.accounts) {
      account.place = to;
      account.epoch = account.owner.epoch;
    }
    return from;
  }
}
