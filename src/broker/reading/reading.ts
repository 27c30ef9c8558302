/** One subscription to a topic: its connections, its inbox, and the messages that are emitted but not acknowledged. */
import { type Observable, Subject, type Subscriber, type Subscription, asyncScheduler, take, throwError } from 'rxjs';
import { type FrameRecord, type RecordOwner, FrameEvents, type Pressure } from '../../ledger/index.js';
import { mono } from '../../core/clock.js';
import { FRAME_RECORDS } from '../../core/frame/accounted.js';
import type { LastTimes } from '../../core/frame/last-times.js';
import { InvalidOption, type RxcamError } from '../../core/errors/errors.js';
import type { EventBody } from '../../core/events.js';
import type { MessageRecord, Received } from '../../message/index.js';
import { Numbering } from '../../core/frame/numbering.js';
import { Fifo } from '../outbox/index.js';
import type { Gate, Piece, Reader } from '../reader.js';

/** Limits of the messages in the inbox, and of those that are emitted but not acknowledged; the one reached first applies. */
export interface InboxLimits {
  readonly maxMessages: number;
  readonly maxBytes: number;
  /** Whether the user's code acknowledges messages. If not, a message is acknowledged when it is emitted, or when a step has finished with it. */
  readonly isManual: boolean;
}

/** Receives the events of readings, for their statistics. */
export interface ReadingObserver {
  /** The broker has answered. */
  connected(): void;
  /** A connection has failed. */
  failed(error: unknown): void;
  /** One of several servers has failed, and the others continue. */
  warned(error: RxcamError): void;
  /** The contents of the inbox have changed by these numbers. */
  inboxChanged(messages: number, bytes: number): void;
  emitted(message: Received): void;
}

export class Reading implements RecordOwner, Gate {
  readonly id = 0;
  readonly camera = '';
  readonly epoch = 0;
  readonly numbering = new Numbering();
  readonly frames = new FrameEvents('', 0, (event) => { this.emit(event); });
  readonly engine = () => throwError(() => new InvalidOption('a received message given, expected the frame of a camera'));
  readonly pressure: Pressure = {
    waits: true,
    block: (holder) => { this.#blockers.add(holder); },
    unblock: (holder) => { if (this.#blockers.delete(holder)) this.#flush(); },
  };

  readonly #inbox = new Fifo<Received>();
  readonly #blockers = new Set<object>();
  /** Messages that are emitted and not acknowledged, by `seq`. */
  readonly #held = new Map<number, MessageHolding>();
  readonly #opens$ = new Subject<void>();
  readonly opens$: Observable<void> = this.#opens$.pipe(take(1));
  #inboxBytes = 0;
  #heldBytes = 0;
  #lastSeq = 0;
  #failures = 0;
  #isFlushing = false;
  #isDone = false;
  #connection: Subscription | undefined;
  #wait: Subscription | undefined;

  constructor(
    readonly reader: Reader, readonly limits: InboxLimits, readonly observer: ReadingObserver, readonly subscriber: Subscriber<Received>,
  ) {}

  get live(): boolean { return !this.subscriber.closed; }
  /** Whether more may be read. */
  get isOpen(): boolean { return this.#inbox.length < this.limits.maxMessages && this.#inboxBytes < this.limits.maxBytes; }
  lastTimes(): LastTimes { return { readMs: 0, writeMs: 0, processMs: 0 }; }

  /** Opens a connection; called again after each failure. */
  start(): void {
    this.#connection = this.reader.read(this, (error) => { this.observer.warned(error); }).subscribe({
      next: (piece) => { this.#push(piece); },
      error: (error: unknown) => { this.#failed(error); },
      complete: () => {
        this.#isDone = true;
        this.#flush();
      },
    });
    if (this.subscriber.closed) this.#connection.unsubscribe();
  }

  end(): void {
    this.#connection?.unsubscribe();
    this.#wait?.unsubscribe();
    this.observer.inboxChanged(-this.#inbox.length, -this.#inboxBytes);
  }

  /** Called by a step of rxcam with the result of a message. A dropped one is not acknowledged. */
  emit(body: EventBody): void {
    if (body.type !== 'delivered' && body.type !== 'dropped' && body.type !== 'published') return;
    const holding = this.#held.get(body.seq);
    if (holding !== undefined) this.release(holding, body.type !== 'dropped');
  }

  /** Called when a message leaves rxcam. @param isHandled - false if it was dropped, and must not be acknowledged */
  release(holding: MessageHolding, isHandled = true): void {
    if (holding.isReleased) return;
    holding.isReleased = true;
    if (this.#held.delete(holding.seq)) this.#heldBytes -= holding.message.value.length;
    if (isHandled) this.reader.acknowledged?.(holding.message);
    this.#flush();
  }

  #push(piece: Piece): void {
    this.#failures = 0;
    this.observer.connected();
    for (const received of piece) {
      this.#inbox.push(received);
      this.#inboxBytes += received.value.length;
      this.observer.inboxChanged(1, received.value.length);
    }
    this.#flush();
  }

  #failed(error: unknown): void {
    if (error instanceof InvalidOption) {
      this.subscriber.error(error);
      return;
    }
    const { retryInitialMs, retryMaxMs } = this.reader.retry;
    const waitMs = Math.min(retryMaxMs, retryInitialMs * 2 ** this.#failures++);
    this.observer.failed(error);
    this.#wait = asyncScheduler.schedule(() => { this.start(); }, waitMs);
  }

  /** Emits messages from the inbox. A loop, because recursion would overflow the stack if a consumer acknowledges synchronously. */
  #flush(): void {
    if (this.#isFlushing) return;
    this.#isFlushing = true;
    while (this.#mayEmit()) this.#emitMessage(this.#inbox.shift() as Received);
    this.#isFlushing = false;
    if (this.#isDone && this.#inbox.length === 0) this.subscriber.complete();
    else if (this.isOpen && this.#opens$.observed) this.#opens$.next();
  }

  #mayEmit(): boolean {
    if (this.subscriber.closed || this.#inbox.length === 0 || this.#blockers.size > 0) return false;
    return this.#held.size < this.limits.maxMessages && this.#heldBytes < this.limits.maxBytes;
  }

  #emitMessage(message: Received): void {
    const { length } = message.value;
    this.#inboxBytes -= length;
    this.observer.inboxChanged(-1, -length);
    this.observer.emitted(message);
    const holding = new MessageHolding(this, ++this.#lastSeq, message);
    message[FRAME_RECORDS] = [holding];
    this.#held.set(holding.seq, holding);
    this.#heldBytes += length;
    this.subscriber.next(message);
    // No step of rxcam holds it: it belongs to user code.
    if (holding.place !== 'handover') return;
    holding.place = 'delivered';
    if (!this.limits.isManual) this.release(holding);
  }
}

/** The ledger's record of one message. */
class MessageHolding implements FrameRecord, MessageRecord {
  readonly epoch = 0;
  readonly capturedMono = mono();
  place: FrameRecord['place'] = 'handover';
  isReleased = false;

  constructor(readonly owner: Reading, readonly seq: number, readonly message: Received) {}

  release(): void {
    this.owner.release(this);
  }
}
