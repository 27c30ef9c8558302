/** Reads a topic of the embedded broker, synchronously, which also works in virtual time. */
import { Observable, type Subject, Subscription, asyncScheduler } from 'rxjs';
import { wall } from '../../core/clock.js';
import { InvalidOption } from '../../core/errors/errors.js';
import { PlainHeaders, Received } from '../../message/index.js';
import { type RetryOptions, retryOptions } from '../broker-options.js';
import { markExpired, positionTime, checkOffsetPositions } from '../reading/index.js';
import type { From, Gate, Piece, ReadRequest, Reader } from '../reader.js';
import type { StoredMessage } from './stored.js';

/** The position of a group: the first offset that no member has had, and the offsets that members have returned. `returned$` emits after a return. */
export interface MemoryGroup { next: number; readonly returnedOffsets: number[]; readonly returned$: Subject<void> }

/** A topic, as its readers see it. */
export interface MemoryTopic {
  /** Offset of the next message. */
  readonly next: number;
  readonly messages: { readonly length: number; at(index: number): StoredMessage | undefined };
}

/** The embedded broker, as its readers see it. */
export interface MemorySource {
  /** Positions of groups, by name. */
  readonly groups: Map<string, MemoryGroup>;
  topic(name: string): MemoryTopic | undefined;
  /** Emits each message that is stored; completes on close. */
  readonly arrived$: Observable<StoredMessage>;
}

/** Maximum number of messages in one piece. */
const MAX_PIECE_MESSAGES = 64;

export class MemoryReader implements Reader {
  readonly retry: RetryOptions = retryOptions({});
  /** Offset of the next message to read; undefined until the beginning is known. */
  #next: number | undefined;
  /** The first offset that does not belong to the reading. */
  #end = Infinity;
  /** Whether removed messages count as expired: after the first read, or from a given offset. */
  #hasRead = false;

  /** @throws InvalidOption */
  constructor(readonly request: ReadRequest, readonly source: MemorySource) {
    const { from, to, partitions } = request;
    if (partitions !== undefined) throw new InvalidOption("subscribe: option 'partitions': given for memory, expected only with kafka");
    checkOffsetPositions('memory', from, to);
  }

  read(gate: Gate): Observable<Piece> {
    return new Observable((subscriber) => {
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
      // Messages may arrive until that time. A timer ends the reading, because the last message may arrive long before.
      const wait = (): void => {
        pump();
        // By the wall clock, a timer may fire a millisecond early; the clock may also be set back meanwhile.
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

  /** Finds where the reading begins and ends, once. */
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
      this.#hasRead = true;
      return Number(from.offset);
    }
    const messages = this.#topic?.messages;
    const first = end - (messages?.length ?? 0);
    const time = positionTime(from);
    if (time !== undefined) return first + this.#firstIndex((one) => one.storedAt >= time);
    if (typeof from === 'object' && 'last' in from) return this.#lastStart(first, from.last);
    return first;
  }

  #firstIndex(matches: (message: StoredMessage) => boolean): number {
    const messages = this.#topic?.messages;
    let index = 0;
    while (index < (messages?.length ?? 0) && !matches(messages?.at(index) as StoredMessage)) index++;
    return index;
  }

  #lastStart(first: number, count: number): number {
    const messages = this.#topic?.messages;
    let index = messages?.length ?? 0;
    for (let left = count; left > 0 && index > 0;) if (this.#isWanted(messages?.at(--index))) left--;
    return first + index;
  }

  #take(): Piece {
    const { next, messages } = this.#topic as MemoryTopic;
    const first = next - messages.length;
    const start = Math.max(first, this.#next ?? 0);
    const expired = this.#hasRead ? start - (this.#next ?? 0) : 0;
    const stop = Math.min(start + MAX_PIECE_MESSAGES, next, this.#end);
    this.#next = stop;
    const until = positionTime(this.request.to) ?? Infinity;
    const piece: Received[] = [];
    for (let offset = start; offset < stop; offset++) {
      const stored = messages.at(offset - first) as StoredMessage;
      if (stored.storedAt > until) {
        this.#end = offset;
        break;
      }
      if (this.#isWanted(stored)) piece.push(receivedOf(stored));
    }
    this.#hasRead = true;
    return markExpired(piece, expired);
  }

  #isWanted(stored: StoredMessage | undefined): boolean {
    return this.request.key === undefined || stored?.key === this.request.key;
  }
}

/** Converts a stored message to the message that a reader emits. */
export function receivedOf({ topic, key, value, headers, offset, storedAt }: StoredMessage): Received {
  return new Received({ topic, key, value, headers: new PlainHeaders(headers), offset, timestamp: storedAt });
}
