/** deliver: passes each value to a sink in user code, with the bounds and the back-pressure of an outbox. */
import { Observable, type ObservableInput, type OperatorFunction, type Subscriber, Subscription, defer, takeWhile } from 'rxjs';
import { type Pressure, type FrameTracker, ownerOf, take } from '../src/ledger/index.js';
import { BoundedQueue, type QueueItem, OUTBOX_SCHEMA, type OutboxConfig, QueueTotals, retainedMemory } from '../src/broker/index.js';
import { DELIVER, OUTBOX } from '../src/core/defaults/defaults.js';
import { InvalidOption } from '../src/core/errors/errors.js';
import type { CameraMessage, EncodedFrame, Frame } from '../src/core/frame/frame.js';
import { isGap } from '../src/consumer/index.js';
import { type Gap, Received } from '../src/message/index.js';
import { count, options as object, parseOptions } from '../src/core/options.js';

/** Options of `deliver`. */
export interface DeliverConfig {
  /** Values in the sink at once. Default 1: one after the other. */
  readonly concurrency?: number;
  /** Bounds of the values waiting for the sink. */
  readonly outbox?: OutboxConfig;
}

/** The values that can be delivered. */
export type Deliverable = Frame | EncodedFrame | CameraMessage | Received | Gap;

const SCHEMA = object({
  concurrency: count().default(DELIVER.concurrency),
  outbox: OUTBOX_SCHEMA.optional(),
});

/**
 * Calls your function for each frame or message, up to `concurrency` of them at once, and emits its results.
 *
 * ```text
 * source            -a-b-----c-|
 * fn                 --r|
 * deliver(fn)       ---r---r----r|
 * ```
 *
 * Waiting values are limited like the outbox of `publish`. At half of the limit, a source that can wait (a file) is paused; at the
 * limit, the oldest value of any other source is dropped, in stream mode with those up to the next keyframe, and counted as `outbox`
 * and `gop`. A value counts as delivered when the function's Observable has completed, or its Promise is fulfilled.
 *
 * - Error: those of the source and of the function pass at once. Values waiting or in the function are dropped.
 * - Completion: when the source has completed and the function has finished with each value.
 * - Unsubscription: unsubscribes from the source and from the Observables that the function returned; waiting values are dropped.
 *
 * @example
 * camera('test:', { pixelFormat: 'rgb24' }).pipe(deliver((frame) => model.detect(frame.data), { concurrency: 2 }));
 *
 * @throws InvalidOption
 */
export function deliver<T extends Deliverable, R>(fn: (value: T) => ObservableInput<R>, config: DeliverConfig = {}): OperatorFunction<T, R> {
  if (typeof fn !== 'function') throw new InvalidOption(`deliver: ${String(fn)} given, expected a function`);
  const { concurrency, outbox: { maxBytes = OUTBOX.maxBytes, maxMessages = OUTBOX.maxMessages } = {} } = parseOptions('deliver', SCHEMA, config);
  return (source) => new Observable((subscriber) => {
    const delivery = new Delivery(fn, concurrency, { maxBytes, maxMessages }, subscriber);
    const upstream = new Subscription();
    subscriber.add(upstream);
    // After the source is unsubscribed: releasing values makes room in the source, which would emit another one.
    subscriber.add(() => { delivery.end(); });
    upstream.add(source.pipe(takeWhile(() => !upstream.closed)).subscribe(delivery));
  });
}

interface Item<T> extends QueueItem { readonly value: T }

/** One subscription to `deliver`. */
class Delivery<T extends Deliverable, R> {
  readonly #queue: BoundedQueue<Item<T>>;
  readonly #running = new Subscription();
  #isSourceDone = false;
  #isFilling = false;

  constructor(
    readonly fn: (value: T) => ObservableInput<R>, readonly concurrency: number,
    limits: { maxBytes: number; maxMessages: number }, readonly subscriber: Subscriber<R>,
  ) {
    this.#queue = new BoundedQueue(limits, new QueueTotals(Infinity));
  }

  next(value: T): void {
    const tracker = take(value, 'sink', this);
    // The observer of an event about that has unsubscribed.
    if (this.subscriber.closed) { tracker.drop('stopped'); return; }
    this.#queue.offer(itemOf(value, tracker));
    this.#fill();
  }

  error(error: unknown): void {
    this.subscriber.error(error);
  }

  complete(): void {
    this.#isSourceDone = true;
    this.#completeIfDone();
  }

  end(): void {
    this.#running.unsubscribe();
    this.#queue.dropAll('stopped');
  }

  /** A loop, because recursion would overflow the stack if results are synchronous. */
  #fill(): void {
    if (this.#isFilling) return;
    this.#isFilling = true;
    while (this.#queue.taken < this.concurrency && !this.subscriber.closed) {
      const item = this.#queue.take();
      if (item === undefined) break;
      this.#run(item);
    }
    this.#isFilling = false;
    this.#completeIfDone();
  }

  #run(item: Item<T>): void {
    const run = new Subscription();
    this.#running.add(run);
    run.add(defer(() => this.fn(item.value)).subscribe({
      next: (result) => { this.subscriber.next(result); },
      error: (error: unknown) => { this.subscriber.error(error); },
      complete: () => {
        this.#running.remove(run);
        if (this.#queue.finish(item)) item.tracker.deliver();
        this.#fill();
      },
    }));
  }

  #completeIfDone(): void {
    if (this.#isSourceDone && this.#queue.length === 0) this.subscriber.complete();
  }
}

/** For a gap, which is never dropped and keeps its place in the order. It has no source to pause. */
const NO_PRESSURE: Pressure = { waits: true, block: () => undefined, unblock: () => undefined };

function itemOf<T extends Deliverable>(value: T, tracker: FrameTracker): Item<T> {
  return { value, tracker, dropped: () => { /* It has no observer. */ }, ...boundsOf(value) };
}

/** The properties by which the queue limits a value. A message read from a broker can wait there: it is never dropped. */
function boundsOf(value: Deliverable): Pick<QueueItem, 'memory' | 'pressure' | 'mayHaveDependents' | 'isDependent'> {
  if (isGap(value)) return { memory: retainedMemory(Buffer.alloc(0)), pressure: NO_PRESSURE, mayHaveDependents: true, isDependent: false };
  const pressure = ownerOf(value)?.pressure;
  if (value instanceof Received) return { memory: retainedMemory(value.value), pressure, mayHaveDependents: true, isDependent: false };
  const isStream = 'mode' in value && value.mode === 'stream';
  const isReference = 'referenceOrder' in value;
  return {
    memory: 'value' in value ? retainedMemory(value.value, value.fields) : retainedMemory(value.data),
    pressure, mayHaveDependents: !isReference, isDependent: isReference || (isStream && !value.keyframe),
  };
}
