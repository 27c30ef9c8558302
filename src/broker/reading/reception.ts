/** The result of `subscribe`: an Observable of messages, with statistics of its readings. */
import { NEVER, Observable, Subject, defer, distinctUntilChanged, map, merge, startWith, switchMap } from 'rxjs';
import { ticks, wall } from '../../core/clock.js';
import { STATS } from '../../core/defaults/defaults.js';
import type { RxcamError } from '../../core/errors/errors.js';
import { type Timing, DurationTally, timing } from '../../ledger/index.js';
import type { Received } from '../../message/index.js';
import type { Reader } from '../reader.js';
import { MessageRate } from './message-rate.js';
import { type InboxLimits, Reading, type ReadingObserver } from './reading.js';

/** Statistics of the readings of one `subscribe`, for all subscriptions together. */
export interface ReceptionStats {
  /**
   * `idle`: there is no subscription; `connecting`: the broker has not answered yet; `connected`: it has answered; `unavailable`: the
   * connection has failed, and another one follows.
   */
  readonly status: 'idle' | 'connecting' | 'connected' | 'unavailable';
  /** Messages emitted. */
  readonly received: number;
  /** Bytes of their values. */
  readonly bytes: number;
  /** Messages that the broker removed before they could be read. */
  readonly expired: number;
  /** Connections that failed. */
  readonly failures: number;
  /** Rates per second, over the last second or more; zeros if no message has arrived for longer. */
  readonly rate: { readonly messages: number; readonly bytes: number };
  /** Time from the capture of a picture until its message is emitted, ms; by the clocks of both machines. */
  readonly latency: Timing;
  /** Messages that are read and not emitted yet. */
  readonly inbox: { readonly messages: number; readonly bytes: number };
}

/** Messages of a topic. Each subscription reads independently, on its own connections. */
export class Reception extends Observable<Received> {
  readonly #counter: ReceptionCounter;

  /**
   * @param closing$ - completes when the broker is closed
   * @param open - creates the reader of a subscription
   */
  constructor(closing$: Observable<unknown>, open: () => Reader, limits: InboxLimits) {
    const counter = new ReceptionCounter();
    super((subscriber) => {
      const reading = new Reading(open(), limits, counter, subscriber);
      counter.opened();
      subscriber.add(() => {
        reading.end();
        counter.ended();
      });
      subscriber.add(closing$.subscribe({ complete: () => { subscriber.complete(); } }));
      if (!subscriber.closed) reading.start();
    });
    this.#counter = counter;
  }

  /** The current statistics. */
  get stats(): ReceptionStats {
    return this.#counter.stats;
  }

  /**
   * Emits the statistics: at once, every second during a subscription, and whenever the status changes or a connection fails. The
   * timer does not keep the process alive. Never completes.
   */
  get stats$(): Observable<ReceptionStats> {
    return this.#counter.stats$;
  }

  /** Emits an error for every connection that fails; another one follows. Never completes. */
  get errors$(): Observable<RxcamError> {
    return this.#counter.errors$;
  }
}

/** The statistics of all readings of one `subscribe`. */
class ReceptionCounter implements ReadingObserver {
  readonly #errors = new Subject<RxcamError>();
  readonly errors$ = this.#errors.asObservable();
  /** Emits when the status changes, or a connection fails. */
  readonly #changes = new Subject<void>();
  readonly stats$ = defer(() => {
    const changes$ = this.#changes.pipe(startWith(undefined));
    const ticks$ = changes$.pipe(
      map(() => this.#subscriptions > 0), distinctUntilChanged(), switchMap((isLive) => (isLive ? ticks(STATS.every) : NEVER)),
    );
    return merge(changes$, ticks$).pipe(map(() => this.stats));
  });

  #subscriptions = 0;
  #status: ReceptionStats['status'] = 'idle';
  #received = 0;
  #bytes = 0;
  #expired = 0;
  #failures = 0;
  #inboxMessages = 0;
  #inboxBytes = 0;
  readonly #latency = new DurationTally();
  readonly #rate = new MessageRate();

  get stats(): ReceptionStats {
    return {
      status: this.#status, received: this.#received, bytes: this.#bytes, expired: this.#expired, failures: this.#failures,
      rate: this.#rate.now(this.#received, this.#bytes), latency: timing(this.#latency.snapshot()),
      inbox: { messages: this.#inboxMessages, bytes: this.#inboxBytes },
    };
  }

  opened(): void {
    this.#subscriptions++;
    if (this.#status === 'idle') this.#setStatus('connecting');
  }

  ended(): void {
    this.#subscriptions--;
    if (this.#subscriptions === 0) this.#setStatus('idle');
  }

  connected(): void {
    if (this.#status !== 'connected') this.#setStatus('connected');
  }

  failed(error: unknown): void {
    this.#failures++;
    this.#setStatus('unavailable');
    this.#errors.next(error as RxcamError);
  }

  warned(error: RxcamError): void {
    this.#failures++;
    this.#changes.next();
    this.#errors.next(error);
  }

  inboxChanged(messages: number, bytes: number): void {
    this.#inboxMessages += messages;
    this.#inboxBytes += bytes;
  }

  emitted(message: Received): void {
    const { value, expired = 0 } = message;
    this.#received++;
    this.#bytes += value.length;
    this.#expired += expired;
    const capturedAt = message.peekCapturedAt();
    if (capturedAt !== undefined) this.#latency.add(wall() - capturedAt);
    this.#rate.note(this.#received, this.#bytes);
  }

  #setStatus(status: ReceptionStats['status']): void {
    this.#status = status;
    this.#changes.next();
  }
}
