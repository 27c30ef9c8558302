/** fakeTopic: a broker with one topic that plays a diagram, for `subscribe` and the operators after it. */
import { EMPTY, Observable, Subscription, asyncScheduler, throwError } from 'rxjs';
import { z } from 'zod';
import { BrokerHandle, type Driver, type Gate, type Piece, type ReadRequest, type Reader, type SendOutcome } from '../../src/broker/index.js';
import { BROKER } from '../../src/core/defaults/defaults.js';
import { BrokerUnavailable } from '../../src/core/errors/errors.js';
import type { Received } from '../../src/message/index.js';
import { options, parseOptions } from '../../src/core/options.js';
import type { SubscriptionFrames } from './diagram.js';
import { SubscriptionLog } from './subscription-log.js';
import { type FakeReceived, type TopicAction, readTopicScript } from './topic-script.js';

/** Options of {@link fakeTopic}. */
export interface FakeTopicConfig {
  /** Name of the topic. Default `video`. */
  readonly topic?: string;
  /** Properties of messages that differ from the default, by letter. */
  readonly values?: Readonly<Record<string, FakeReceived>>;
}

const schema = options({ topic: z.string().min(1).default('video'), values: z.record(z.string(), z.custom<FakeReceived>()).default({}) });

/**
 * A broker whose topic receives the messages of a diagram, from its creation. Each letter is a whole message, numbered as by
 * `publish`. Words in parentheses: `(gap)` a message is lost on the way, `(dropped)` one by the sender, `(expired)` one was removed
 * before it was read; `(repeated)` the last one arrives again; `(torn)` the next one is truncated; `(restart)` the sender restarts;
 * `(down)` the broker can't be reached, `(up)` it can again. `|` closes it.
 *
 * @example
 * ```ts
 * marbles(({ expectObservable }) => {
 *   const seen$ = subscribe(fakeTopic('a-b-(gap)-c'), { topic: 'video' }).pipe(verify(), map((one) => one.verdict));
 *   expectObservable(seen$, '^-----------!').toBe('w-w-------(gw)', { w: 'whole', g: 'gap' });
 * });
 * ```
 * @throws InvalidOption
 */
export function fakeTopic(diagram: string, config: FakeTopicConfig = {}): FakeTopic {
  const { topic, values } = parseOptions('fakeTopic', schema, config);
  return new FakeTopic(new FakeTopicDriver(topic, readTopicScript(diagram, topic, values)));
}

/** A broker with one topic that plays a diagram, with facts for tests. */
export class FakeTopic extends BrokerHandle<FakeTopicDriver> {
  /** Times when it was read: one entry for each connection, for `expectSubscriptions`. */
  get subscriptions(): SubscriptionFrames[] {
    return this.driver().log.entries;
  }
}

class FakeTopicDriver implements Driver {
  readonly kind = 'fake';
  readonly address = 'fake:';
  readonly createdAt = asyncScheduler.now();
  readonly log = new SubscriptionLog();

  constructor(readonly topic: string, readonly actions: readonly TopicAction[]) {}

  send(): Observable<readonly SendOutcome[]> {
    return throwError(() => new BrokerUnavailable('fake: a topic that is only read'));
  }

  reader(request: ReadRequest): Reader {
    return new FakeReader(request, this, request.topic === this.topic ? this.actions : []);
  }

  reset(): void { /* There is no connection. */ }

  close(): Observable<never> {
    return EMPTY;
  }
}

class FakeReader implements Reader {
  readonly retry = { retryInitialMs: BROKER.retryInitialMs, retryMaxMs: BROKER.retryMaxMs, refreshAfterFailures: BROKER.refreshAfterFailures };
  readonly #messages: readonly TopicAction[];
  #next: number | undefined;
  #end = Infinity;

  constructor(readonly request: ReadRequest, readonly driver: FakeTopicDriver, readonly actions: readonly TopicAction[]) {
    this.#messages = actions.filter(({ message }) => message !== undefined);
  }

  read(gate: Gate): Observable<Piece> {
    return new Observable((subscriber) => {
      subscriber.add(this.driver.log.open());
      if (this.#isDown()) {
        subscriber.add(asyncScheduler.schedule(() => { subscriber.error(new BrokerUnavailable('fake: the broker is down')); }));
        return;
      }
      this.#locate();
      subscriber.next([]);
      const timers = new Subscription();
      subscriber.add(timers);
      const pump = () => {
        const due: Received[] = [];
        while (gate.isOpen && this.#isDue()) due.push(this.#take());
        if (due.length > 0) subscriber.next(due.filter(({ key }) => this.request.key === undefined || key === this.request.key));
        if ((this.#next as number) >= this.#end) subscriber.complete();
        else if (!gate.isOpen) timers.add(gate.opens$.subscribe(pump));
      };
      for (const { at, message, state } of this.actions) {
        const inMs = this.driver.createdAt + at - asyncScheduler.now();
        if (inMs < 0) continue;
        if (message !== undefined) timers.add(asyncScheduler.schedule(pump, inMs));
        if (state === 'down') timers.add(asyncScheduler.schedule(() => { subscriber.error(new BrokerUnavailable('fake: the broker went down')); }, inMs));
        if (state === 'end') timers.add(asyncScheduler.schedule(() => { subscriber.complete(); }, inMs));
      }
      pump();
    });
  }

  #take(): Received {
    const next = this.#next as number;
    this.#next = next + 1;
    return this.#messages[next]?.message as Received;
  }

  #isDue(): boolean {
    const next = this.#next as number;
    return next < this.#end && (this.#messages[next]?.at ?? Infinity) + this.driver.createdAt <= asyncScheduler.now();
  }

  #isDown(): boolean {
    const past = this.actions.filter(({ at, state }) => state !== undefined && this.driver.createdAt + at <= asyncScheduler.now());
    return past.at(-1)?.state === 'down';
  }

  #locate(): void {
    if (this.#next !== undefined) return;
    const { from, to } = this.request;
    const before = (ms: number) => this.#messages.filter(({ at }) => at < ms).length;
    const latest = before(asyncScheduler.now() - this.driver.createdAt);
    const place = (of: unknown): number | undefined => {
      if (of instanceof Date) return before(of.getTime());
      return typeof of === 'number' ? before(of) : undefined;
    };
    this.#end = to === 'latest' ? latest : place(to) ?? Infinity;
    if (typeof from === 'object' && 'last' in from) this.#next = Math.max(0, latest - from.last);
    else if (typeof from === 'object' && 'offset' in from) this.#next = this.#messages.findIndex(({ message }) => message?.offset === String(from.offset));
    else this.#next = place(from) ?? (from === 'earliest' ? 0 : latest);
  }
}
