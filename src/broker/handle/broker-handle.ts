/** The broker handle: one connection, one outbox, shared by all cameras. */
import { BehaviorSubject, EMPTY, Observable, Subject, concat, concatMap, filter, lastValueFrom, map, of, race, take, takeUntil, tap, timer } from 'rxjs';
import { mono } from '../../core/clock.js';
import { BROKER, OUTBOX } from '../../core/defaults/defaults.js';
import { InvalidOption, MessageTooLarge, type RxcamError } from '../../core/errors/errors.js';
import type { Fence } from '../../core/frame/fence.js';
import type { CameraMessage } from '../../core/frame/frame.js';
import type { FrameTracker } from '../../ledger/index.js';
import { type GivenRetryOptions, type RetryOptions, retryOptions } from '../broker-options.js';
import type { Broker, BrokerState } from './broker.js';
import { type CloseReport, closeReport } from './close-report.js';
import type { Driver } from '../driver.js';
import { type AckRouter, Entry, Outbox, type PartitionQueue, type QueueOptions } from '../outbox/index.js';
import { Sender, type SenderOptions } from '../sender/index.js';
import { waitingTopics } from './waiting-topics.js';

/** Marks broker handles; global, so that several copies of rxcam recognise it. */
export const BROKER_HANDLE: unique symbol = Symbol.for('rxcam.broker') as never;

/** Options of every kind of broker. */
export interface BrokerOptions extends Partial<Omit<SenderOptions, keyof RetryOptions>>, GivenRetryOptions { readonly outboxMaxBytes?: number }

export class BrokerHandle<D extends Driver = Driver> implements Broker {
  readonly #driver: D;
  readonly errors$: Observable<RxcamError>;
  readonly state$: Observable<BrokerState>;
  readonly #outbox: Outbox;
  readonly #sender: Sender;
  readonly #state$: BehaviorSubject<BrokerState>;
  readonly #errors$ = new Subject<RxcamError>();
  readonly #settled$ = new Subject<void>();
  readonly #closed$ = new Subject<void>();
  /** Why messages of a topic are refused, as last reported. */
  readonly #refusals = new Map<string, string>();
  #closing: Promise<CloseReport> | undefined;

  constructor(driver: D, options: BrokerOptions = {}) {
    this.#driver = driver;
    this.#outbox = new Outbox(options.outboxMaxBytes ?? OUTBOX.handleMaxBytes);
    this.#state$ = new BehaviorSubject<BrokerState>({ status: 'idle', outbox: { messages: 0, bytes: 0 } });
    this.state$ = this.#state$.asObservable();
    this.errors$ = this.#errors$.asObservable();
    driver.warnings$?.pipe(takeUntil(this.#closed$)).subscribe((warning) => { this.#errors$.next(warning); });
    const { lingerMs = BROKER.lingerMs, maxRequestBytes = BROKER.maxRequestBytes, requestTimeoutMs = BROKER.requestTimeoutMs } = options;
    this.#sender = new Sender(driver, { lingerMs, maxRequestBytes, requestTimeoutMs, ...retryOptions(options) }, {
      connected: () => { if (this.#status !== 'connected') this.#setState({ status: 'connected' }); },
      unavailable: (error) => { this.#errors$.next(error); this.#setState({ status: 'unavailable', error }); },
      refused: (error, topic) => { this.#refused(error, topic); },
      written: (topic) => { if (this.#refusals.delete(topic)) this.#emitState(); },
      settled: () => { this.#settled(); },
    });
  }

  get [BROKER_HANDLE](): this { return this; }
  get kind(): string { return this.#driver.kind; }
  get address(): string { return this.#driver.address; }
  get isClosed(): boolean { return this.#closing !== undefined; }
  get state(): BrokerState { return this.#stateOf(this.#state$.value); }
  get #status(): BrokerState['status'] { return this.#state$.value.status; }
  async [Symbol.asyncDispose](): Promise<void> { await this.close(); }

  /** A method, not a property: the driver has passwords, which printing a handle must not show. */
  driver(): D { return this.#driver; }
  queue(topic: string, key: string, options: QueueOptions): PartitionQueue { return this.#outbox.queue(topic, key, options); }
  /** Messages of the queue are sent only while the fence is open. */
  setFence(queue: PartitionQueue, fence: Fence | undefined): void { queue.setFence(fence, () => { this.#sender.wake(queue); }); }

  offer(queue: PartitionQueue, message: CameraMessage, tracker: FrameTracker, router: AckRouter): void {
    router.offered();
    if (this.isClosed) {
      tracker.drop('closed', closedError(this));
      router.dropped();
      return;
    }
    this.#outbox.offer(queue, new Entry(message, tracker, router, mono()));
    this.#noteFilling(queue);
    this.#sender.wake(queue);
  }

  /** `holder` no longer publishes to these queues: they are removed when they are empty and their run has ended. */
  release(queues: Iterable<PartitionQueue>, holder: object): void {
    for (const queue of queues) {
      queue.release(holder);
      this.#outbox.noteReleased(queue);
    }
    // A run that ends now is live until its last events are emitted.
    queueMicrotask(() => { this.#forgetIdle(); });
  }

  async prepare(topic: string, { consumerGroup }: { consumerGroup?: string } = {}): Promise<void> {
    if (this.isClosed) throw closedError(this);
    await lastValueFrom(this.#driver.prepare?.(topic, consumerGroup) ?? EMPTY, { defaultValue: undefined });
  }

  reconnect(): void { if (!this.isClosed) this.#driver.reset(); }

  close({ deadlineMs = BROKER.closeDeadlineMs }: { deadlineMs?: number } = {}): Promise<CloseReport> {
    this.#closing ??= this.#close(deadlineMs);
    return this.#closing;
  }

  #close(deadlineMs: number): Promise<CloseReport> {
    const empty$ = new Observable<void>((subscriber) => {
      // Subscribes before `hurry`: an answer may be synchronous.
      // eslint-disable-next-line rxjs-x/no-subscribe-in-pipe -- a producer, not an operator
      const settled = this.#settled$.subscribe(subscriber);
      this.#sender.hurry();
      subscriber.next();
      return settled;
    }).pipe(filter(() => this.#outbox.messages === 0));
    return lastValueFrom(race(empty$, timer(deadlineMs)).pipe(
      take(1),
      map(() => this.#giveUp()),
      concatMap((report) => concat(this.#driver.close().pipe(takeUntil(timer(BROKER.disconnectTimeoutMs))), of(report))),
      tap(() => { this.#closed(); }),
    ));
  }

  #giveUp(): CloseReport {
    this.#sender.stop();
    return closeReport(this.#outbox.dropAll('closed', closedError(this)));
  }

  #closed(): void {
    this.#closed$.next();
    this.#setState({ status: 'closed' });
    this.#state$.complete();
    this.#errors$.complete();
  }

  #settled(): void {
    this.#outbox.resumeSources();
    const { outbox: { messages }, throttledMs } = this.#state$.value;
    if ((this.#outbox.messages === 0 && messages > 0) || (throttledMs !== undefined) !== this.#sender.servers.pauseMs > 0) this.#emitState();
    if (this.#outbox.messages === 0) this.#forgetIdle();
    this.#settled$.next();
  }

  #forgetIdle(): void {
    for (const topic of this.#outbox.removeIdleQueues()) {
      this.#refusals.delete(topic);
      this.#driver.forget?.(topic);
    }
  }

  /** With one message in the outbox, only its queue can wait: the others, perhaps hundreds, are not visited. */
  #noteFilling(queue: PartitionQueue): void {
    const { value } = this.#state$;
    if (value.outbox.messages === 0 && this.#outbox.messages > 0) this.#setState(value, this.#outbox.messages === 1 ? [queue] : undefined);
  }

  /** Each message that is too large is reported. Any other refusal recurs until its reason is gone, and is reported once. */
  #refused(error: RxcamError, topic: string): void {
    const isNews = error instanceof MessageTooLarge || this.#refusals.get(topic) !== error.message;
    if (!isNews) return;
    if (!(error instanceof MessageTooLarge)) this.#refusals.set(topic, error.message);
    this.#errors$.next(error);
    this.#emitState();
  }

  #emitState(): void {
    this.#setState(this.#state$.value);
  }

  #setState(state: Pick<BrokerState, 'status' | 'error'>, queues?: readonly PartitionQueue[]): void {
    this.#state$.next(this.#stateOf(state, queues));
  }

  #stateOf({ status, error }: Pick<BrokerState, 'status' | 'error'>, queues?: Iterable<PartitionQueue>): BrokerState {
    const mayWait = status === 'connected' && this.#outbox.messages > 0;
    const waiting = mayWait ? waitingTopics(queues ?? this.#outbox.queues, (queue) => this.#sender.whyWaits(queue)) : [];
    const throttledMs = status === 'closed' ? 0 : this.#sender.servers.pauseMs;
    return {
      status, ...(error !== undefined && { error }),
      ...(waiting.length > 0 && { waiting }), ...(throttledMs > 0 && { throttledMs }), outbox: this.#totals(),
    };
  }

  #totals(): BrokerState['outbox'] {
    return { messages: this.#outbox.messages, bytes: this.#outbox.bytes };
  }
}

/**
 * The handle of a broker that the user passed.
 * @throws InvalidOption if it is not a broker, or is closed
 */
export function handleOf(operator: string, broker: unknown): BrokerHandle {
  const handle = (broker as { [BROKER_HANDLE]?: BrokerHandle } | null | undefined)?.[BROKER_HANDLE];
  if (handle === undefined) {
    const given = typeof broker === 'string' ? 'a string' : typeof broker === 'function' ? 'a function' : String(broker);
    throw new InvalidOption(`${operator}: option 'broker': ${given} given, expected a broker: kafka(…), redis(…) or memory(…)`);
  }
  if (handle.isClosed) throw closedError(handle, operator);
  return handle;
}

function closedError({ kind, address }: Broker, operator = 'publish'): InvalidOption {
  return new InvalidOption(`${operator}: option 'broker': ${kind} at ${address} is closed, expected one that is open`);
}
