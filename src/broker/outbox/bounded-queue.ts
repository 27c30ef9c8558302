/**
 * A queue that is bounded in number and in bytes; it always has room for one value of any size. At the high-water mark, a
 * source that can wait is paused and loses nothing; for any other source, the oldest value is dropped when the queue is full, in
 * stream mode with all values that can't be decoded without it.
 */
import type { Pressure, FrameTracker } from '../../ledger/index.js';
import { OUTBOX } from '../../core/defaults/defaults.js';
import type { RxcamError } from '../../core/errors/errors.js';
import type { DropCause } from '../../core/events.js';
import { Fifo } from './fifo.js';
import { MemoryCounter, type RetainedMemory } from './memory-counter.js';

/** A value in the queue. */
export interface QueueItem {
  readonly tracker: FrameTracker;
  readonly memory: RetainedMemory;
  readonly pressure: Pressure | undefined;
  /** Whether later values may depend on it: true for all except a reference to the last full picture. */
  readonly mayHaveDependents: boolean;
  /** Whether it is useless without the value before it: within a GOP, or a reference. */
  readonly isDependent: boolean;
  /** Called when the value is dropped, after the report to the ledger. */
  dropped(): void;
}

/** Bounds of a queue; bytes are those kept alive. */
export interface Limits {
  maxBytes: number;
  maxMessages: number;
}

/** The total contents of several queues, and their common limit in bytes. */
export class QueueTotals {
  readonly memory = new MemoryCounter();
  /** Number of values held. */
  count = 0;

  constructor(readonly maxBytes: number) {}

  get isHigh(): boolean { return this.memory.bytes >= this.maxBytes * OUTBOX.highWater; }
  get isLow(): boolean { return this.memory.bytes < this.maxBytes * OUTBOX.lowWater; }
  get isExceeded(): boolean { return this.count > 1 && this.memory.bytes > this.maxBytes; }
}

export class BoundedQueue<H extends QueueItem> {
  readonly #waiting = new Fifo<H>();
  readonly #taken = new Fifo<H>();
  readonly #memory = new MemoryCounter();
  readonly #blocked = new Set<Pressure>();
  #awaitsKeyframe = false;

  constructor(readonly limits: Limits, readonly total: QueueTotals) {}

  /** Number of waiting values. */
  get waiting(): number { return this.#waiting.length; }
  /** Number of values that were taken and are not finished. */
  get taken(): number { return this.#taken.length; }
  /** Number of values held. */
  get length(): number { return this.#waiting.length + this.#taken.length; }
  /** Bytes kept alive by the contents. */
  get bytes(): number { return this.#memory.bytes; }

  /** The next item to take. */
  peek(): H | undefined {
    return this.#waiting.peek();
  }

  offer(item: H): void {
    if (this.#awaitsKeyframe && item.isDependent) {
      reportDropped(item, 'gop');
      return;
    }
    this.#awaitsKeyframe = false;
    this.#waiting.push(item);
    this.#retain(item);
    while (!this.#fits() && this.dropOldest());
    this.#applyPressure(item.pressure);
  }

  take(): H | undefined {
    const item = this.#waiting.shift();
    if (item !== undefined) this.#taken.push(item);
    return item;
  }

  /** Removes an item that was taken; false if it is no longer held. */
  finish(item: H): boolean {
    if (!this.#taken.delete(item)) return false;
    this.#release(item);
    this.resumeSources();
    return true;
  }

  /** Puts taken items back, before all others. */
  giveBack(items: readonly H[]): void {
    const back = items.filter((item) => this.#taken.delete(item));
    this.#waiting.unshift(back);
  }

  /** Drops an item that was taken, and, in stream mode, those that depend on it. */
  dropTaken(item: H, cause: DropCause, error?: RxcamError): void {
    if (!this.finish(item)) return;
    const dependents = item.mayHaveDependents ? this.#removeDependents(0) : [];
    this.resumeSources();
    reportDropped(item, cause, error);
    for (const dependent of dependents) reportDropped(dependent, 'gop');
  }

  /** Makes room; false if all waiting items belong to sources that can wait. */
  dropOldest(): boolean {
    const index = this.#waiting.findIndex((item) => item.pressure?.waits !== true);
    const [oldest] = index < 0 ? [] : this.#waiting.remove(index, 1);
    if (oldest === undefined) return false;
    this.#release(oldest);
    const dependents = oldest.mayHaveDependents ? this.#removeDependents(index) : [];
    reportDropped(oldest, 'outbox');
    for (const dependent of dependents) reportDropped(dependent, 'gop');
    return true;
  }

  /** Drops waiting items; items that are taken stay. */
  dropWaiting(cause: DropCause): void {
    const all = this.#waiting.remove(0, this.#waiting.length);
    for (const item of all) this.#release(item);
    this.resumeSources();
    for (const item of all) reportDropped(item, cause);
  }

  /** Drops all items, and returns them. */
  dropAll(cause: DropCause, error?: RxcamError): H[] {
    const all = [...this.#taken.remove(0, this.#taken.length), ...this.#waiting.remove(0, this.#waiting.length)];
    for (const item of all) this.#release(item);
    this.resumeSources();
    for (const item of all) reportDropped(item, cause, error);
    return all;
  }

  /** Resumes paused sources if there is enough room, or if the queue is empty. */
  resumeSources(): void {
    if (this.#blocked.size === 0) return;
    const { maxBytes, maxMessages } = this.limits;
    const isLow = this.length < maxMessages * OUTBOX.lowWater && this.bytes < maxBytes * OUTBOX.lowWater;
    if (this.length === 0 || (isLow && this.total.isLow)) this.unblock();
  }

  /** Resumes one source, or all, even if there is no room: called when a run has ended. */
  unblock(only?: Pressure): void {
    for (const pressure of only === undefined ? [...this.#blocked] : [only]) {
      if (this.#blocked.delete(pressure)) pressure.unblock(this);
    }
  }

  #applyPressure(pressure: Pressure | undefined): void {
    if (pressure?.waits !== true || this.#blocked.has(pressure)) return;
    const { maxBytes, maxMessages } = this.limits;
    const isHigh = this.length >= maxMessages * OUTBOX.highWater || this.bytes >= maxBytes * OUTBOX.highWater;
    if (!isHigh && !this.total.isHigh) return;
    this.#blocked.add(pressure);
    pressure.block(this);
  }

  /** One value always fits: a slice of a few bytes keeps the whole buffer alive, a pool of Node's or a chunk of a pipe. */
  #fits(): boolean {
    return this.length <= 1 || (this.length <= this.limits.maxMessages && this.bytes <= this.limits.maxBytes);
  }

  #removeDependents(start: number): H[] {
    const end = this.#waiting.findIndex((item) => !item.isDependent, start);
    this.#awaitsKeyframe = end < 0;
    const dependents = this.#waiting.remove(start, (end < 0 ? this.#waiting.length : end) - start);
    for (const item of dependents) this.#release(item);
    return dependents;
  }

  #retain(item: H): void {
    this.#memory.add(item.memory);
    this.total.memory.add(item.memory);
    this.total.count++;
  }

  #release(item: H): void {
    this.#memory.remove(item.memory);
    this.total.memory.remove(item.memory);
    this.total.count--;
  }
}

function reportDropped(item: QueueItem, cause: DropCause, error?: RxcamError): void {
  item.tracker.drop(cause, error);
  item.dropped();
}
