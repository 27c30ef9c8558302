/** Reads a topic of the embedded broker as a member of a consumer group: each message goes to one member. */
import { Observable, Subject, Subscription } from 'rxjs';
import type { Received } from '../../message/index.js';
import { type RetryOptions, retryOptions } from '../broker-options.js';
import { checkGroup } from '../reading/index.js';
import { type MemoryGroup, type MemorySource, receivedOf } from './reader.js';
import type { Gate, Piece, ReadRequest, Reader } from '../reader.js';

export class MemoryGroupReader implements Reader {
  readonly retry: RetryOptions = retryOptions({});
  /** Offsets of the messages that are emitted and not acknowledged. */
  readonly #unacknowledged = new Set<number>();

  /** @throws InvalidOption */
  constructor(readonly request: ReadRequest, readonly source: MemorySource) {
    checkGroup(request);
  }

  read(gate: Gate): Observable<Piece> {
    return new Observable((subscriber) => {
      const group = this.#group();
      const opening = new Subscription();
      let isPumping = false;
      const pump = () => {
        if (isPumping) return;
        isPumping = true;
        for (let one = this.#next(group, gate); one !== undefined && !subscriber.closed; one = this.#next(group, gate)) subscriber.next([one]);
        isPumping = false;
        if (!gate.isOpen && !subscriber.closed) opening.add(gate.opens$.subscribe(pump));
      };
      subscriber.add(opening);
      subscriber.add(group.returned$.subscribe(pump));
      subscriber.add(() => {
        group.returnedOffsets.push(...[...this.#unacknowledged].sort((a, b) => a - b));
        group.returned$.next();
      });
      subscriber.add(this.source.arrived$.subscribe({
        next: ({ topic }) => { if (topic === this.request.topic) pump(); },
        complete: () => { subscriber.complete(); },
      }));
      subscriber.next([]);
      pump();
    });
  }

  acknowledged({ offset }: Received): void {
    this.#unacknowledged.delete(Number(offset));
  }

  #group(): MemoryGroup {
    const { topic, group = '', from } = this.request;
    const name = `${group}\0${topic}`;
    const known = this.source.groups.get(name);
    if (known !== undefined) return known;
    const created: MemoryGroup = { next: from === 'latest' ? this.source.topic(topic)?.next ?? 0 : 0, returnedOffsets: [], returned$: new Subject() };
    this.source.groups.set(name, created);
    return created;
  }

  #next(group: MemoryGroup, gate: Gate): Received | undefined {
    const topic = this.source.topic(this.request.topic);
    if (topic === undefined || !gate.isOpen) return undefined;
    const first = topic.next - topic.messages.length;
    for (let offset = this.#takeOffset(group, topic.next); offset !== undefined; offset = this.#takeOffset(group, topic.next)) {
      const stored = topic.messages.at(offset - first);
      if (offset < first || stored === undefined) continue;
      this.#unacknowledged.add(offset);
      return receivedOf(stored);
    }
    return undefined;
  }

  #takeOffset(group: MemoryGroup, end: number): number | undefined {
    return group.returnedOffsets.shift() ?? (group.next < end ? group.next++ : undefined);
  }
}
