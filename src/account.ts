/**
 * The account of one picture: where it is now. Values carry it under a symbol; steps of rxcam `take` a value,
 * move it and end it; user code in between needs to know nothing of it.
 */
import { mono } from './clock.js';
import { ACCOUNTS, type AccountRef, type Accounted } from './core/accounted.js';
import type { LastTimes } from './core/last-times.js';
import type { Engine, ProcessOptions } from './engine.js';
import type { DropCause, EventBody, Place } from './events.js';
import type { RxcamError } from './errors.js';
import type { Codec, Published } from './frame.js';
import type { Numbering } from './numbering.js';

/** What makes a source that can wait stop reading: whoever holds too much blocks, and unblocks later. */
export interface Pressure {
  /** Whether the source can wait (a file), or goes on regardless (a live camera). */
  readonly waits: boolean;
  block(holder: object): void;
  unblock(holder: object): void;
}

/** The part of a run that accounts report to. */
export interface AccountOwner {
  readonly id: number;
  readonly camera: string;
  readonly pressure: Pressure;
  /** What runs the plans of frames that come from this run. */
  readonly engine: Engine;
  readonly process?: ProcessOptions;
  /** Rises with each reset of the statistics. */
  readonly epoch: number;
  /** Whether a subscription to the run is live. */
  readonly live: boolean;
  /** Numbers the camera's messages 1, 2, 3 …, over reconnects and resets. */
  readonly numbering: Numbering;
  /** What the last picture and the last message took. */
  lastTimes(): LastTimes;
  emit(body: EventBody): void;
}

/** One picture in the ledger. `place` is undefined once its fate is final. */
export interface Account extends AccountRef {
  readonly owner: AccountOwner;
  /** Monotonic time of decoding, in ms. */
  readonly capturedMono: number;
  place: Place | 'delivered' | undefined;
  epoch: number;
  /** A reference to the last full picture goes on in its place. */
  isReference?: true;
  /** On a second copy of a picture: it was counted when it came, and is nowhere else. */
  readonly isCopy?: boolean;
}

/** The accounts of a value; undefined for one that comes from no camera. */
export function accountsOf(value: Accounted): readonly Account[] | undefined {
  return value[ACCOUNTS] as readonly Account[] | undefined;
}

/** The run that a value belongs to, if it comes from a camera. */
export function ownerOf(value: Accounted): AccountOwner | undefined {
  return accountsOf(value)?.[0]?.owner;
}

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
    if (this.accounts[0]?.place === to) return;
    this.#tell((from, body) => ({ ...body, type: 'moved', from, to }), to);
  }

  skip(reason: 'rate' | 'unchanged'): void {
    this.#tell((from, body) => ({ ...body, type: 'skipped', from, reason }), undefined);
  }

  /** A reference goes on in place of the picture. */
  refer(to: Place): void {
    for (const account of this.accounts) account.isReference = true;
    this.#tell((from, body) => ({ ...body, type: 'unchanged', from, to }), to);
  }

  drop(cause: DropCause, error?: RxcamError): void {
    this.#tell((from, body) => ({ ...body, type: 'dropped', from, cause, ...(error && { error }) }), undefined);
  }

  encoded(facts: { codec: Codec; bytes: number; keyframe: boolean; width: number; height: number; to: Place }): void {
    this.#tell((from, body) => ({ ...body, type: 'encoded', from, processMs: this.ageMs(), ...facts }), facts.to);
  }

  published(ack: Published): void {
    const { inputOrder, topic, key, bytes, writeMs } = ack;
    const facts = { inputOrder, topic, key, bytes, writeMs, latencyMs: this.ageMs(), ...this.#reference };
    this.#tell((from, body) => ({ ...body, type: 'published', from, ...facts }), undefined);
  }

  /** Puts the value into the user's hands, unless a step took it while it was passed on. */
  delivered(): void {
    const left = new Ticket(this.accounts.filter((account) => account.place === 'handover'));
    left.deliver();
  }

  /** The user's sink took it to its end. */
  deliver(): void {
    this.#tell((from, body) => ({ ...body, type: 'delivered', from, ...this.#reference }), 'delivered');
  }

  /** Time since the (first) picture was decoded, in ms. */
  ageMs(): number {
    const first = this.accounts[0];
    return first === undefined ? 0 : mono() - first.capturedMono;
  }

  get #reference(): { readonly reference?: true } {
    return this.accounts[0]?.isReference === true ? { reference: true } : {};
  }

  #tell(event: (from: Place, body: { seq: number; frames: number }) => EventBody, to: Account['place']): void {
    const first = this.accounts[0];
    if (first === undefined) return;
    const from = first.place;
    for (const account of this.accounts) {
      account.place = to;
      account.epoch = account.owner.epoch;
    }
    first.owner.emit(event(from as Place, { seq: first.seq, frames: this.accounts.length }));
  }
}

/**
 * Takes a value into a step of rxcam: from the step before it, or back from the user's code.
 * @param seen - what the step has taken before: a picture that comes to the same step again is a duplicate
 */
export function take(value: Accounted, to: Place, seen = new WeakSet<Account>()): Ticket {
  const accounts = accountsOf(value) ?? [];
  const own = accounts.filter((account) => account.isCopy !== true);
  const fresh = own.filter((account) => !seen.has(account));
  for (const account of fresh) seen.add(account);
  const passed = fresh.filter((account) => account.place === 'handover');
  const delivered = fresh.filter((account) => account.place === 'delivered');
  if (passed.length > 0) new Ticket(passed).move(to);
  for (const uncounted of [false, true]) giveBack(delivered.filter((one) => isUncounted(one) === uncounted), to, uncounted);
  const taken = passed.length + delivered.length;
  const first = own[0];
  if (first !== undefined && taken < own.length) first.owner.emit({ type: 'duplicate', seq: first.seq, frames: own.length - taken });
  return new Ticket(taken === accounts.length ? accounts : [...passed, ...delivered]);
}

/** The value for the step after: what the ticket does not hold of it is a copy there, and counts no more. */
export function passedOn<T extends Accounted>(value: T, ticket: Ticket): T {
  const accounts = accountsOf(value);
  if (accounts === undefined || accounts.length === ticket.accounts.length) return value;
  const copied = (account: Account) => (account.isCopy === true || ticket.accounts.includes(account) ? account : { ...account, isCopy: true });
  return { ...value, [ACCOUNTS]: accounts.map(copied) };
}

/**
 * Passes a value on. What no step of rxcam takes before `pass` returns is delivered to the user's code.
 * The value's accounts must stand in `handover`.
 */
export function handOver(ticket: Ticket, pass: () => void): void {
  pass();
  ticket.delivered();
}

function isUncounted(account: Account): boolean {
  return account.epoch !== account.owner.epoch;
}

function giveBack(accounts: Account[], to: Place, uncounted: boolean): void {
  const first = accounts[0];
  if (first === undefined) return;
  for (const account of accounts) {
    account.place = to;
    account.epoch = account.owner.epoch;
  }
  first.owner.emit({ type: 'returned', seq: first.seq, frames: accounts.length, to, uncounted, ...(first.isReference && { reference: true }) });
}
