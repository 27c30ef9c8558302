/** Reads a topic of the embedded broker, synchronously, which also works in virtual time. */
import { type Observable, Observable as RxObservable, type Subject, Subscription, asyncScheduler } from 'rxjs';
import { wall } from '../../core/clock.js';
import { InvalidOption } from '../../core/errors/errors.js';
import { PlainHeaders, Received } from '../../message/index.js';
import { type RetryOptions, retryOptions } from '../broker-options.js';
import { markExpired, positionTime, refuseIds } from '../reading/index.js';
import type { From, Gate, Piece, ReadRequest, Reader } from '../reader.js';
import type { StoredMessage } from './stored.js';

/** The position of a group: the next offset that no member has, and those that members returned. */
export interface MemoryGroup { next: number; readonly back: number[]; readonly returned: Subject<void> }

/** Contents of a topic. */
export interface MemoryTopic {
  /** Offset of the next message. */
  readonly next: number;
  readonly messages: { readonly length: number; at(index: number): StoredMessage | undefined };
}

/** The broker's interface to its readers. */
export interface MemorySource {
  /** Positions of groups, by name. */
  readonly groups: Map<string, MemoryGroup>;
  topic(name: string): MemoryTopic | undefined;
  /** Emits each message that is stored; completes on close. */
  readonly arrived$: Observable<StoredMessage>;
}

/** Maximum number of messages in one piece. */
const PIECE = 64;

export class MemoryReader implements Reader {
  readonly retry: RetryOptions = retryOptions({});
  #next: number | undefined;
  #end = Infinity;
  #hasGiven = false;

  /** @throws InvalidOption */
  constructor(readonly request: ReadRequest, readonly source: MemorySource) {
    const { from, to, partitions } = request;
    if (partitions !== undefined) throw new InvalidOption("subscribe: option 'partitions': given for memory, expected only with kafka");
    refuseIds('memory', from, to);
  }

  read(gate: Gate): Observable<Piece> {
    return new RxObservable((subscriber) => {
      let isPumping = false;
      const opening = new Subscription();
      const pump = () => {
        if (isPumping) return;
        isPumping = true;
        while (gate.isOpen && !subscriber.closed && this.#waiting > 0) subscriber.next(this.#take());
        isPumping = false;
        if (this.#isDone) subscriber.complete();
        else if (!gate.isOpen && !subscriber.closed) opening.add(gate.opens$.subscribe(pump));
      };
      subscriber.add(opening);
      this.#locate();
      subscriber.add(this.source.arrived$.subscribe({
        next: ({ topic }) => { if (topic === this.request.topic) pump(); },
        complete: () => { subscriber.complete(); },
      }));
      const until = positionTime(this.request.to);
      // Messages may arrive until then. A timer ends the reading, because no message is certain to.
      const wait = (): void => {
        pump();
        // A timer may fire a millisecond early by the wall clock, which may also be set back meanwhile.
        if (!subscriber.closed && until !== undefined && until >= wall()) opening.add(asyncScheduler.schedule(wait, until + 1 - wall()));
      };
      subscriber.next([]);
      wait();
    });
  }

  get #topic(): MemoryTopic | undefined {
    return this.source.topic(this.request.topic);
  }

  get #waiting(): number {
    return Math.min(this.#topic?.next ?? 0, this.#end) - (this.#next ?? 0);
  }

  get #isDone(): boolean {
    const until = positionTime(this.request.to);
    return (this.#next ?? 0) >= this.#end || (until !== undefined && until < wall() && this.#waiting <= 0);
  }

  #locate(): void {
    if (this.#next !== undefined) return;
    const { from, to } = this.request;
    const end = this.#topic?.next ?? 0;
    if (to === 'latest') this.#end = end;
    else if (typeof to === 'object' && 'offset' in to) this.#end = Number(to.offset) + 1;
    this.#next = this.#start(from, end);
  }

  #start(from: From, end: number): number {
    if (from === 'latest') return end;
    if (typeof from === 'object' && 'offset' in from) {
      // Messages removed since the last read must be counted.
      this.#hasGiven = true;
      return Number(from.offset);
    }
    const messages = this.#topic?.messages;
    const first = end - (messages?.length ?? 0);
    const time = positionTime(from);
    if (time !== undefined) return first + this.#search((one) => one.storedAt >= time);
    if (typeof from === 'object' && 'last' in from) return this.#lastStart(first, from.last);
    return first;
  }

  #search(fits: (message: StoredMessage) => boolean): number {
    const messages = this.#topic?.messages;
    let index = 0;
    while (index < (messages?.length ?? 0) && !fits(messages?.at(index) as StoredMessage)) index++;
    return index;
  }

  #lastStart(first: number, count: number): number {
    const messages = this.#topic?.messages;
    let index = messages?.length ?? 0;
    for (let left = count; left > 0 && index > 0;) if (this.#isOwn(messages?.at(--index))) left--;
    return first + index;
  }

  #take(): Piece {
    const { next, messages } = this.#topic as MemoryTopic;
    const first = next - messages.length;
    const start = Math.max(first, this.#next ?? 0);
    const expired = this.#hasGiven ? start - (this.#next ?? 0) : 0;
    const stop = Math.min(start + PIECE, next, this.#end);
    this.#next = stop;
    const until = positionTime(this.request.to) ?? Infinity;
    const piece: Received[] = [];
    for (let offset = start; offset < stop; offset++) {
      const stored = messages.at(offset - first) as StoredMessage;
      if (stored.storedAt > until) {
        this.#end = offset;
        break;
      }
      if (this.#isOwn(stored)) piece.push(receivedOf(stored));
    }
    this.#hasGiven = true;
    return markExpired(piece, expired);
  }

  #isOwn(stored: StoredMessage | undefined): boolean {
    return this.request.key === undefined || stored?.key === this.request.key;
  }
}

/** A stored message as it is received. */
export function receivedOf({ topic, key, value, headers, offset, storedAt }: StoredMessage): Received {
  return new Received({ topic, key, value, headers: new PlainHeaders(headers), offset, timestamp: storedAt });
}
