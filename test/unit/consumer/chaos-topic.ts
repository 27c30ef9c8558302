/** A topic for the chaos test, and connections to it whose mood changes while they read. */
import { EMPTY, NEVER, Observable, Subject, Subscription, asyncScheduler, take } from 'rxjs';
import { type Driver, type Gate, type Piece, type ReadRequest, type Reader } from '../../../src/broker/index.js';
import { markExpired } from '../../../src/broker/reading/index.js';
import { BrokerUnavailable } from '../../../src/core/errors/errors.js';
import type { Received } from '../../../src/message/index.js';
import { cut, received } from '../broker/sent.js';

/**
 * `up`; `slow`: answers late; `down`: refuses connections, and cuts those that are open; `hung`: does not answer, and the reader
 * gives up; `deaf`: the answer is lost; `abrupt`: fails at once behind each answer.
 */
export const READ_MOODS = ['up', 'slow', 'down', 'hung', 'deaf', 'abrupt'] as const;
export type ReadMood = (typeof READ_MOODS)[number];

/** The fate of a picture. `dropped`: the sender leaves it out; `lost`: it goes missing on the way. */
export const FATES = ['whole', 'whole', 'whole', 'dropped', 'lost', 'repeated', 'torn'] as const;
export type PlantedFate = (typeof FATES)[number];

const ANSWER_MS = 3;
const SLOW_MS = 400;
const GIVE_UP_MS = 1_000;

export class ChaosTopic implements Driver {
  readonly kind = 'moody';
  readonly address = 'moody:';
  /** All written messages, by offset. */
  readonly log: Received[] = [];
  /** The fate of each order that was not written. */
  readonly missing = new Map<number, 'dropped' | 'lost'>();
  readonly readers: ChaosReader[] = [];
  readonly cuts = new Subject<void>();
  readonly arrived = new Subject<void>();
  /** Offset of the oldest message that is there. */
  first = 0;
  order = 0;
  #previous = 0;
  #mood: ReadMood = 'up';

  constructor(readonly pieceSize: number) {}

  get mood(): ReadMood { return this.#mood; }
  set mood(mood: ReadMood) {
    this.#mood = mood;
    if (mood === 'down') this.cuts.next();
  }

  write(fate: PlantedFate): void {
    const order = ++this.order;
    if (fate === 'dropped' || fate === 'lost') this.missing.set(order, fate);
    const previous = this.#previous;
    if (fate !== 'dropped') this.#previous = order;
    if (fate === 'dropped' || fate === 'lost') return;
    const entry = () => ({ order, previous, more: { offset: String(this.log.length) } });
    this.log.push(fate === 'torn' ? cut(entry()) : received(entry()));
    if (fate === 'repeated') this.log.push(received(entry()));
    this.arrived.next();
  }

  /** Retention removes the oldest. */
  expire(count: number): void {
    this.first = Math.min(this.log.length, this.first + count);
  }

  send(): Observable<never> { return NEVER; }
  reader(request: ReadRequest): Reader {
    const reader = new ChaosReader(this, request);
    this.readers.push(reader);
    return reader;
  }

  reset(): void { /* There is no connection. */ }
  close(): Observable<never> { return EMPTY; }
}

export class ChaosReader implements Reader {
  readonly retry = { retryInitialMs: 50, retryMaxMs: 400, refreshAfterFailures: 3 };
  /** Connections that are open now. */
  open = 0;
  /** The most that were open at once. */
  most = 0;
  /** The start of the reading, and its position. */
  start: number | undefined;
  next = 0;

  constructor(readonly topic: ChaosTopic, readonly request: ReadRequest) {}

  read(gate: Gate): Observable<Piece> {
    const { topic } = this;
    return new Observable((subscriber) => {
      const pending = new Subscription(() => { this.open--; });
      subscriber.add(pending);
      this.most = Math.max(this.most, ++this.open);
      const fail = (why: string) => { subscriber.error(new BrokerUnavailable(`moody: ${why}`)); };
      const later = (ms: number, then: () => void) => { pending.add(asyncScheduler.schedule(then, ms)); };
      const ask = () => {
        if (!gate.isOpen) pending.add(gate.opens$.subscribe(ask));
        else if (topic.mood === 'hung') later(GIVE_UP_MS, () => { fail('no answer'); });
        else later(topic.mood === 'slow' ? SLOW_MS : ANSWER_MS, answer);
      };
      const answer = () => {
        if (topic.mood === 'deaf') {
          fail('the answer was lost');
          return;
        }
        const piece = this.#take();
        if (piece.length === 0) {
          pending.add(topic.arrived.pipe(take(1)).subscribe(ask));
          return;
        }
        subscriber.next(piece);
        if (topic.mood === 'abrupt') fail('behind the answer');
        else if (!subscriber.closed) ask();
      };
      pending.add(topic.cuts.subscribe(() => { fail('cut'); }));
      later(1, () => {
        if (topic.mood === 'down') {
          fail('refused');
          return;
        }
        this.#locate();
        subscriber.next([]);
        ask();
      });
    });
  }

  #locate(): void {
    if (this.start !== undefined) return;
    const { from } = this.request;
    const { first, log } = this.topic;
    this.start = from === 'latest' ? log.length : typeof from === 'object' && 'offset' in from ? Number(from.offset) : first;
    this.next = this.start;
  }

  #take(): Piece {
    const { first, log, pieceSize } = this.topic;
    const start = Math.max(first, this.next);
    const piece = markExpired(log.slice(start, start + pieceSize), start - this.next);
    if (piece.length > 0) this.next = start + piece.length;
    return piece;
  }
}
