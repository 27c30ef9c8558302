/** The broker handle: one connection, one outbox, shared by all cameras. */
import { BehaviorSubject, EMPTY, Observable, Subject, concat, concatMap, filter, lastValueFrom, map, of, race, take, takeUntil, tap, timer } from 'rxjs';
import { mono } from '../clock.js';
import { BROKER, OUTBOX } from '../defaults.js';
import { InvalidOption, type RxcamError } from '../errors.js';
import type { CameraMessage } from '../frame.js';
import type { Ticket } from '../account.js';
import { type AgainGiven, type AgainOptions, againOptions } from './again.js';
import { type CloseReport, closeReport } from './close-report.js';
import type { Driver } from './driver.js';
import { Entry, type Lane } from './lane.js';
import { type LaneOptions, Outbox } from './outbox.js';
import type { Receiver } from './receiver.js';
import { Sender, type SenderOptions } from './sender.js';

/** Marks broker handles; global, so that a second copy of rxcam does no harm. */
export const BROKER_HANDLE: unique symbol = Symbol.for('rxcam.broker') as never;

/** How a broker is, as rxcam sees it. */
export interface BrokerState {
  /** `idle`: nothing was sent yet; `connected`: the last request was answered; `unavailable`: it was not; `closed`. */
  readonly status: 'idle' | 'connected' | 'unavailable' | 'closed';
  /** Why it is unavailable. */
  readonly error?: RxcamError;
  /** What waits for an acknowledgement; bytes are those kept in memory. */
  readonly outbox: { readonly messages: number; readonly bytes: number };
}

/** A broker, to be given to `publish`; connects when the first message is sent, and again for ever. */
export interface Broker {
  /** `kafka`, `redis`, `memory` … */
  readonly kind: string;
  /** Address without credentials. */
  readonly address: string;
  /** How the broker is now. */
  readonly state: BrokerState;
  /** `state` at once and at each change of status, and when the outbox begins to fill or is empty again. Completes on close. */
  readonly state$: Observable<BrokerState>;
  /** Every failed request and every refused message. Completes on close. */
  readonly errors$: Observable<RxcamError>;
  /**
   * Makes a topic that is not there, before its first message would: on Redis with a consumer group that reads it from its
   * beginning. Rejects with BrokerUnavailable; an embedded broker needs none of it.
   */
  prepare(topic: string, options?: { consumerGroup?: string }): Promise<void>;
  /** Ends the connection: the next request makes a new one, and a function that says where the broker is is asked again. */
  reconnect(): void;
  /**
   * Sends what the outbox holds and closes the connection. What is not sent by the deadline is dropped, with cause
   * `closed`. Never rejects; a second call gives the first one's report.
   */
  close(options?: { /** Default 5000 ms. */ deadlineMs?: number }): Promise<CloseReport>;
}

/** What every kind of broker can be told. */
export interface BrokerOptions extends Partial<Omit<SenderOptions, keyof AgainOptions>>, AgainGiven {
  readonly outboxMaxBytes?: number;
}

export class BrokerHandle<D extends Driver = Driver> implements Broker {
  readonly [BROKER_HANDLE] = this as BrokerHandle;
  readonly errors$: Observable<RxcamError>;
  readonly state$: Observable<BrokerState>;
  readonly #outbox: Outbox;
  readonly #sender: Sender;
  readonly #state$: BehaviorSubject<BrokerState>;
  readonly #errors$ = new Subject<RxcamError>();
  readonly #settled$ = new Subject<void>();
  #closing: Promise<CloseReport> | undefined;

  constructor(readonly driver: D, options: BrokerOptions = {}) {
    this.#outbox = new Outbox(options.outboxMaxBytes ?? OUTBOX.handleMaxBytes);
    this.#state$ = new BehaviorSubject<BrokerState>({ status: 'idle', outbox: { messages: 0, bytes: 0 } });
    this.state$ = this.#state$.asObservable();
    this.errors$ = this.#errors$.asObservable();
    const { lingerMs = BROKER.lingerMs, maxRequestBytes = BROKER.maxRequestBytes, requestTimeoutMs = BROKER.requestTimeoutMs } = options;
    this.#sender = new Sender(driver, { lingerMs, maxRequestBytes, requestTimeoutMs, ...againOptions(options) }, {
      connected: () => { if (this.state.status !== 'connected') this.#setState({ status: 'connected' }); },
      unavailable: (error) => { this.#errors$.next(error); this.#setState({ status: 'unavailable', error }); },
      refused: (error) => { this.#errors$.next(error); },
      settled: () => { this.#settled(); },
    });
  }

  get kind(): string { return this.driver.kind; }
  get address(): string { return this.driver.address; }
  get isClosed(): boolean { return this.#closing !== undefined; }
  get state(): BrokerState { return { ...this.#state$.value, outbox: this.#totals() }; }

  lane(topic: string, key: string, options: LaneOptions): Lane {
    return this.#outbox.lane(topic, key, options);
  }

  offer(lane: Lane, message: CameraMessage, ticket: Ticket, receiver: Receiver): void {
    receiver.offered();
    if (this.isClosed) {
      ticket.drop('closed', closedError(this));
      receiver.dropped();
      return;
    }
    this.#outbox.offer(lane, new Entry(message, ticket, receiver, mono()));
    this.#noteFilling();
    this.#sender.wake(lane);
  }

  async prepare(topic: string, { consumerGroup }: { consumerGroup?: string } = {}): Promise<void> {
    if (this.isClosed) throw closedError(this);
    await lastValueFrom(this.driver.prepare?.(topic, consumerGroup) ?? EMPTY, { defaultValue: undefined });
  }

  reconnect(): void {
    if (!this.isClosed) this.driver.reset();
  }

  close({ deadlineMs = BROKER.closeDeadlineMs }: { deadlineMs?: number } = {}): Promise<CloseReport> {
    this.#closing ??= this.#close(deadlineMs);
    return this.#closing;
  }

  #close(deadlineMs: number): Promise<CloseReport> {
    const empty$ = new Observable<void>((subscriber) => {
      // It must listen before the sender is hurried: an answer may come at once.
      // eslint-disable-next-line rxjs-x/no-subscribe-in-pipe -- this is a producer, and no operator
      const settled = this.#settled$.subscribe(subscriber);
      this.#sender.hurry();
      subscriber.next();
      return settled;
    }).pipe(filter(() => this.#outbox.messages === 0));
    return lastValueFrom(race(empty$, timer(deadlineMs)).pipe(
      take(1),
      map(() => this.#giveUp()),
      concatMap((report) => concat(this.driver.close().pipe(takeUntil(timer(BROKER.disconnectTimeoutMs))), of(report))),
      tap(() => { this.#closed(); }),
    ));
  }

  #giveUp(): CloseReport {
    this.#sender.stop();
    return closeReport(this.#outbox.dropAll('closed', closedError(this)));
  }

  #closed(): void {
    this.#setState({ status: 'closed' });
    this.#state$.complete();
    this.#errors$.complete();
  }

  #settled(): void {
    this.#outbox.relieve();
    if (this.#outbox.messages === 0 && this.#state$.value.outbox.messages > 0) this.#setState(this.#state$.value);
    this.#settled$.next();
  }

  #noteFilling(): void {
    if (this.#state$.value.outbox.messages === 0 && this.#outbox.messages > 0) this.#setState(this.#state$.value);
  }

  #setState(state: Pick<BrokerState, 'status' | 'error'>): void {
    this.#state$.next({ ...state, outbox: this.#totals() });
  }

  #totals(): BrokerState['outbox'] {
    return { messages: this.#outbox.messages, bytes: this.#outbox.bytes };
  }
}

/**
 * The handle behind what the user passed.
 * @throws InvalidOption if it is no broker, or is closed
 */
export function handleOf(what: string, broker: unknown): BrokerHandle {
  const handle = (broker as { [BROKER_HANDLE]?: BrokerHandle } | null | undefined)?.[BROKER_HANDLE];
  if (handle === undefined) {
    const given = typeof broker === 'string' ? 'a string' : typeof broker === 'function' ? 'a function' : String(broker);
    throw new InvalidOption(`${what}: option 'broker': ${given} given, expected a broker: kafka(…), redis(…) or memory(…)`);
  }
  if (handle.isClosed) throw closedError(handle, what);
  return handle;
}

function closedError({ kind, address }: Broker, what = 'publish'): InvalidOption {
  return new InvalidOption(`${what}: option 'broker': ${kind} at ${address} is closed, expected one that is open`);
}
