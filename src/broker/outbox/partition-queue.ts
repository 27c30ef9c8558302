/** The outbox of one topic and key: its order, and the state of its messages. */
import type { Subscription } from 'rxjs';
import { type RecordOwner, type Pressure, type FrameTracker, ownerOf } from '../../ledger/index.js';
import { BROKER } from '../../core/defaults/defaults.js';
import { InvalidOption, type RxcamError } from '../../core/errors/errors.js';
import type { Fence } from '../../core/frame/fence.js';
import type { CameraMessage, Published } from '../../core/frame/frame.js';
import { BoundedQueue, type Held, type Limits, type Total } from './bounded-queue.js';
import { type Outgoing, eachHeader } from '../driver.js';
import { type AckRouter } from './ack-router.js';
import { type Retains, retains } from './retained.js';

/** A message in the outbox. */
export class Entry implements Held {
  readonly retains: Retains;
  readonly pressure: Pressure | undefined;
  readonly leads: boolean;
  readonly dependent: boolean;

  /** @param offeredAt - monotonic time in ms */
  constructor(readonly message: CameraMessage, readonly tracker: FrameTracker, readonly router: AckRouter, readonly offeredAt: number) {
    this.retains = retains(message.value, message.fields);
    this.pressure = ownerOf(message)?.pressure;
    const isReference = message.referenceOrder !== undefined;
    this.leads = !isReference;
    this.dependent = isReference || (message.mode === 'stream' && !message.keyframe);
  }

  acknowledged(ack: Published): void {
    this.tracker.published(ack);
    this.router.acknowledged(ack);
  }

  dropped(): void {
    this.router.dropped();
  }
}

export class PartitionQueue extends BoundedQueue<Entry> {
  maxInFlight: number = BROKER.maxInFlight;
  /** Whether it is in the sender's list of those that have something to send. */
  isReady = false;
  /** Largest request in bytes: lowered during the search for a message that is too large. */
  maxRequestBytes = Infinity;
  /** Whether a message that is too large is searched for. */
  isSearched = false;
  /** Whether the last request was refused because of a message in it, perhaps of another queue. */
  isSuspect = false;
  /** Answers in a row that refused this queue's messages while the request went through. */
  failures = 0;
  /** Monotonic time before which nothing is sent. */
  notBefore = 0;
  /** The reason why its messages are not written; undefined when one is. */
  error: RxcamError | undefined;
  /** The subscription that publishes here, and its run. */
  readonly #claims = new Map<object, RecordOwner>();
  readonly #holders = new Set<object>();
  #fence: Fence | undefined;
  #watch: Subscription | undefined;
  #lastOwner: RecordOwner | undefined;
  #lastSent: number;

  /** @param lastSent - the last inputOrder sent here, by a queue that was removed */
  constructor(readonly topic: string, readonly key: string, limits: Limits, total: Total, lastSent = 0) {
    super(limits, total);
    this.#lastSent = lastSent;
  }

  get lastSent(): number { return this.#lastSent; }

  /** Whether it is empty, and no run will publish here. A run that waits to reconnect will. */
  get isIdle(): boolean {
    return this.length === 0 && this.#holders.size === 0 && this.#lastOwner?.live !== true;
  }

  /** Whether it is sent in separate requests, so that it does not delay other queues. */
  get isAlone(): boolean {
    return this.isSearched || this.isSuspect || this.failures > 0;
  }

  /**
   * `holder` publishes here for a run, until it releases the queue: a run may continue elsewhere, with another subscription.
   * @throws InvalidOption if another run that is live publishes here
   */
  claim(owner: RecordOwner | undefined, holder: object): void {
    this.#holders.add(holder);
    if (owner === undefined || this.#claims.get(holder) === owner) return;
    for (const other of this.#claims.values()) if (other !== owner && other.live && owner.live) throw this.#conflict(other, owner);
    this.#claims.set(holder, owner);
    this.#lastOwner = owner;
  }

  release(holder: object): void {
    this.#claims.delete(holder);
    this.#holders.delete(holder);
  }

  /** Messages are sent only while the fence is open. Messages of a fence that is `fenced` are dropped. */
  setFence(fence: Fence | undefined, changed: () => void): void {
    if (fence === this.#fence) return;
    this.mayLeave();
    this.#watch?.unsubscribe();
    this.#fence = fence;
    // Another machine may have sent between two claims: the last message sent here need not be the one before this.
    if (fence !== undefined) this.#lastSent = 0;
    this.#watch = fence?.changes$.subscribe(changed);
  }

  /** Whether its messages may be sent now. If another machine has the camera, they are dropped. */
  mayLeave(): boolean {
    const state = this.#fence?.state ?? 'open';
    if (state === 'fenced') this.dropWaiting('fenced');
    return state === 'open';
  }

  /** The header of each entry names the message sent before it: in an acknowledged request, or earlier in this one. */
  stamp(entries: readonly Entry[]): Outgoing[] {
    let previous = this.#lastSent;
    const epoch = this.#fence?.epoch;
    let handover = previous === 0 ? this.#fence?.handover?.(this.topic, this.key) : undefined;
    return entries.map(({ message }) => {
      const outgoing = new Stamped(this.topic, this.key, message, previous, epoch, handover);
      previous = message.inputOrder;
      handover = undefined;
      return outgoing;
    });
  }

  /** Called when the entry is written. */
  sent(entry: Entry): void {
    this.#lastSent = entry.message.inputOrder;
    this.#fence?.sent?.(this.topic, this.key, entry.message.id);
    this.finish(entry);
  }

  /** Restores the limits lowered in the search for a message that is too large. */
  restore(): void {
    this.maxRequestBytes = Infinity;
    this.isSearched = false;
  }

  #conflict(first: RecordOwner, second: RecordOwner): InvalidOption {
    const name = (one: RecordOwner) => `'${one.camera}' (run ${one.id})`;
    return new InvalidOption(
      `publish: cameras ${name(first)} and ${name(second)} both publish to topic '${this.topic}' with key '${this.key}', `
      + 'expected a different key for each of them', { camera: second.camera });
  }
}

/** A message with the headers that are known only when it is sent. */
class Stamped implements Outgoing {
  constructor(
    readonly topic: string, readonly key: string, readonly message: CameraMessage, readonly previousOrder: number, readonly epoch: number | undefined,
    readonly handover: string | undefined,
  ) {}

  get headers(): Readonly<Record<string, string>> {
    const headers: [name: string, value: string][] = [];
    eachHeader(this, (name, value) => { headers.push([name, value]); });
    // A name may be `__proto__`, which an assignment loses.
    return Object.fromEntries(headers);
  }
}
