/** The outbox of one topic and key: its order, and the state of its messages. */
import type { Subscription } from 'rxjs';
import { type RecordOwner, type Pressure, type FrameTracker, ownerOf } from '../../ledger/index.js';
import { BROKER } from '../../core/defaults/defaults.js';
import { InvalidOption, type RxcamError } from '../../core/errors/errors.js';
import type { Fence } from '../../core/frame/fence.js';
import type { CameraMessage, Published } from '../../core/frame/frame.js';
import { BoundedQueue, type QueueItem, type Limits, type QueueTotals } from './bounded-queue.js';
import { type Outgoing, eachHeader } from '../driver.js';
import { type AckRouter } from './ack-router.js';
import { type RetainedMemory, retainedMemory } from './memory-counter.js';

/** A message in the outbox. */
export class Entry implements QueueItem {
  readonly memory: RetainedMemory;
  readonly pressure: Pressure | undefined;
  readonly mayHaveDependents: boolean;
  readonly isDependent: boolean;

  /** @param offeredAt - monotonic time in ms */
  constructor(readonly message: CameraMessage, readonly tracker: FrameTracker, readonly router: AckRouter, readonly offeredAt: number) {
    this.memory = retainedMemory(message.value, message.fields);
    this.pressure = ownerOf(message)?.pressure;
    const isReference = message.referenceOrder !== undefined;
    this.mayHaveDependents = !isReference;
    this.isDependent = isReference || (message.mode === 'stream' && !message.keyframe);
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
  /** Whether it is being searched for a message that is too large. */
  isSearched = false;
  /** Whether the last request was refused because of one of its messages, perhaps of another queue. */
  isSuspect = false;
  /** Consecutive answers that refused this queue's messages, although the request as a whole succeeded. */
  failures = 0;
  /** Monotonic time in ms before which nothing is sent. */
  notBefore = 0;
  /** The reason why its messages are not written; undefined after one is written. */
  error: RxcamError | undefined;
  /** The run of each subscription that publishes here. */
  readonly #claims = new Map<object, RecordOwner>();
  /** All subscriptions that publish here, also those without a run. */
  readonly #holders = new Set<object>();
  #fence: Fence | undefined;
  #fenceChanges: Subscription | undefined;
  #lastOwner: RecordOwner | undefined;
  #lastSent: number;

  /** @param lastSent - the last `inputOrder` sent to this topic and key by a queue that was removed; 0 for none */
  constructor(readonly topic: string, readonly key: string, limits: Limits, total: QueueTotals, lastSent = 0) {
    super(limits, total);
    this.#lastSent = lastSent;
  }

  get lastSent(): number { return this.#lastSent; }

  /** Whether it is empty and no run will publish here. A run that waits to reconnect still will. */
  get isIdle(): boolean {
    return this.length === 0 && this.#holders.size === 0 && this.#lastOwner?.live !== true;
  }

  /** Whether it is sent in separate requests, so that it does not delay other queues. */
  get isAlone(): boolean {
    return this.isSearched || this.isSuspect || this.failures > 0;
  }

  /**
   * Called when the subscription `holder` publishes here for a run. It may continue the run of another subscription.
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

  /** Messages are sent only while the fence is open. They are dropped if it is `fenced`. */
  setFence(fence: Fence | undefined, changed: () => void): void {
    if (fence === this.#fence) return;
    this.mayLeave();
    this.#fenceChanges?.unsubscribe();
    this.#fence = fence;
    // Another machine may have sent messages between two claims: the last one sent here may not be the previous one.
    if (fence !== undefined) this.#lastSent = 0;
    this.#fenceChanges = fence?.changes$.subscribe(changed);
  }

  /** Whether its messages may be sent now. Drops them if another machine has taken the camera. */
  mayLeave(): boolean {
    const state = this.#fence?.state ?? 'open';
    if (state === 'fenced') this.dropWaiting('fenced');
    return state === 'open';
  }

  /** Adds the headers that are known only now. Each message names the one sent before it: in an acknowledged request, or earlier in this one. */
  stamp(entries: readonly Entry[]): Outgoing[] {
    let previous = this.#lastSent;
    const epoch = this.#fence?.epoch;
    let handover = previous === 0 ? this.#fence?.handover?.(this.topic, this.key) : undefined;
    return entries.map(({ message }) => {
      const outgoing = new StampedMessage(this.topic, this.key, message, previous, epoch, handover);
      previous = message.inputOrder;
      handover = undefined;
      return outgoing;
    });
  }

  /** Called when a message is written. */
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
class StampedMessage implements Outgoing {
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
