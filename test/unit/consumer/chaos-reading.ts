/** Consumers of a topic in virtual time, to whom anything happens in any order; and what must hold meanwhile. */
import { type Observable, type Subscription, asyncScheduler, delay, of, tap } from 'rxjs';
import { deliver } from '../../../operators/deliver.js';
import { subscribe } from '../../../operators/subscribe.js';
import { verify } from '../../../operators/verify.js';
import { BrokerHandle, type From, type Reception } from '../../../src/broker/index.js';
import type { Gap, Received, Verified } from '../../../src/message/index.js';
import { type ChaosReader, ChaosTopic, type PlantedFate, type ReadMood } from './chaos-topic.js';

export interface Setup {
  readonly pieceSize: number;
  readonly maxMessages: number;
  readonly maxBytes: number;
  /** `plain` takes at once, `deliver` 7 ms each, `manual` when it comes to it, the newest first. */
  readonly users: readonly ('plain' | 'deliver' | 'manual')[];
}

export type Deed =
  | { readonly do: 'write'; readonly fates: readonly PlantedFate[] }
  | { readonly do: 'expire'; readonly count: number }
  | { readonly do: 'mood'; readonly mood: ReadMood }
  /** `leaveAfter`: unsubscribes within the call that emits this number. */
  | { readonly do: 'subscribe'; readonly user: number; readonly from: 'earliest' | 'latest' | 'behind'; readonly leaveAfter: number }
  | { readonly do: 'unsubscribe'; readonly user: number }
  | { readonly do: 'close' };

const TAKE_MS = 7;
const PEACE_MS = 60_000;

export class ReadingWorld {
  readonly topic: ChaosTopic;
  readonly broker: BrokerHandle;
  readonly problems: string[] = [];
  isClosed = false;
  readonly #users: ChaosConsumer[];

  constructor(readonly setup: Setup) {
    this.topic = new ChaosTopic(setup.pieceSize);
    this.broker = new BrokerHandle(this.topic);
    this.#users = setup.users.map((kind, index) => new ChaosConsumer(this, kind, index));
  }

  act(deed: Deed): void {
    switch (deed.do) {
      case 'write': for (const fate of deed.fates) this.topic.write(fate); break;
      case 'expire': this.topic.expire(deed.count); break;
      case 'mood': this.topic.mood = deed.mood; break;
      case 'subscribe': this.#users[deed.user]?.subscribe(deed.from, deed.leaveAfter); break;
      case 'unsubscribe': this.#users[deed.user]?.leave(); break;
      case 'close':
        this.isClosed = true;
        void this.broker.close({ deadlineMs: 0 });
        break;
    }
  }

  /** Nothing disturbs any longer: each that is subscribed must come to the end of the topic. */
  peace(): void {
    this.topic.mood = 'up';
    this.topic.write('whole');
    asyncScheduler.schedule(() => {
      for (const user of this.#users) user.checkEnd();
      const open = this.topic.readers.reduce((sum, reader) => sum + reader.open, 0);
      if (open > 0) this.fail(`${open} connections are left`);
    }, PEACE_MS);
  }

  fail(problem: string): void {
    this.problems.push(problem);
  }
}

/** One that subscribes, leaves, and comes again. */
class ChaosConsumer {
  #current: ConsumerRun | undefined;
  #behind = 0;

  constructor(readonly world: ReadingWorld, readonly kind: Setup['users'][number], readonly index: number) {}

  subscribe(from: 'earliest' | 'latest' | 'behind', leaveAfter: number): void {
    if (this.world.isClosed) return;
    this.leave();
    this.#current = new ConsumerRun(this.world, this.kind, `user ${this.index}`, from === 'behind' ? { offset: this.#behind } : from, leaveAfter);
  }

  leave(): void {
    this.#current?.leave();
    this.#behind = this.#current?.behind ?? this.#behind;
  }

  checkEnd(): void {
    this.#current?.checkEnd();
    this.leave();
  }
}

/** One subscription. */
class ConsumerRun {
  readonly #raw: Received[] = [];
  readonly #seen: (Verified | Gap)[] = [];
  readonly #held: Verified[] = [];
  readonly #reception: Reception;
  readonly #reader: ChaosReader;
  readonly #subscription: Subscription;
  #hasLeft = false;
  #taking: Subscription | undefined;

  constructor(readonly world: ReadingWorld, readonly kind: Setup['users'][number], readonly name: string, from: From, readonly leaveAfter: number) {
    const { maxMessages, maxBytes } = world.setup;
    const config = { topic: 'video', from, inbox: { maxMessages, maxBytes }, acknowledge: kind === 'manual' ? 'manual' : 'auto' } as const;
    this.#reception = subscribe(world.broker, config);
    const verified$ = this.#reception.pipe(tap((message) => { this.#check(message); }), verify({ keep: ['repeated', 'torn'] }));
    const taken$ = kind === 'deliver' ? verified$.pipe(deliver((one) => of(one).pipe(delay(TAKE_MS)), { outbox: { maxMessages: 4 } })) as unknown as typeof verified$ : verified$;
    const subscription = this.#follow(taken$);
    this.#subscription = subscription;
    this.#reader = world.topic.readers.at(-1) as ChaosReader;
  }

  /** The offset behind the last message that it had. */
  get behind(): number | undefined {
    const last = this.#raw.at(-1);
    return last === undefined ? undefined : Number(last.offset) + 1;
  }

  leave(): void {
    this.#hasLeft = true;
    this.#taking?.unsubscribe();
    this.#subscription.unsubscribe();
    if (this.#reader.open > 0) this.#fail('its connection is open after it has left');
    if (this.#reception.stats.inbox.messages !== 0 || this.#reception.stats.inbox.bytes !== 0) this.#fail('its inbox is not empty after it has left');
  }

  checkEnd(): void {
    const { topic, isClosed } = this.world;
    const at = this.behind ?? this.#reader.start;
    if (!this.#hasLeft && !isClosed && at !== topic.log.length) this.#fail(`came to ${at} of ${topic.log.length}`);
    if (this.#reader.most > 1) this.#fail(`${this.#reader.most} connections at once`);
    const { stats } = this.#reception;
    const expired = this.#raw.reduce((sum, message) => sum + (message.expired ?? 0), 0);
    if (stats.received !== this.#raw.length || stats.expired !== expired) this.#fail(`counted ${stats.received} and ${stats.expired}, not ${this.#raw.length} and ${expired}`);
    this.#checkVerdicts();
  }

  #follow(messages$: Observable<Verified | Gap>): Subscription {
    let values = 0;
    const subscription: Subscription = messages$.subscribe({
      next: (one) => {
        if (this.#hasLeft) this.#fail('got a value after it has left');
        this.#seen.push(one);
        if (this.kind === 'manual' && one.verdict !== 'gap') this.#hold(one);
        if (this.#held.length > this.world.setup.maxMessages) this.#fail(`${this.#held.length} are out at once`);
        if (one.verdict !== 'gap' && ++values === this.leaveAfter) this.leave();
      },
      error: (error: unknown) => { this.#fail(`ended with ${String(error)}`); },
      complete: () => { if (!this.world.isClosed) this.#fail('completed'); },
    });
    return subscription;
  }

  /** Each in its place, as it was written; what is not there was removed, and reports it. */
  #check(message: Received): void {
    if (this.#hasLeft) this.#fail('was handed a message after it has left');
    const last = this.#raw.at(-1);
    const expected = (last === undefined ? this.#reader.start ?? 0 : Number(last.offset) + 1) + (message.expired ?? 0);
    if (Number(message.offset) !== expected) this.#fail(`got ${message.offset}, expected ${expected}`);
    if (!this.world.topic.log[expected]?.value.equals(message.value)) this.#fail(`${message.offset} is not what was written`);
    const { inbox } = this.#reception.stats;
    if (inbox.messages > this.world.setup.maxMessages + this.world.setup.pieceSize) this.#fail(`${inbox.messages} in the inbox`);
    this.#raw.push(message);
  }

  /** Gaps match the planted ones: each missing order once, by its cause if nothing expired beside it. */
  #checkVerdicts(): void {
    if (this.kind === 'deliver' || this.#raw.length === 0) return;
    const orders = this.#raw.map(({ inputOrder = 0 }) => inputOrder);
    const there = new Set(orders);
    const [first = 0, last = 0] = [orders[0], orders.at(-1)];
    const missing = Array.from({ length: last - first + 1 }, (_, index) => first + index).filter((order) => !there.has(order));
    const gaps = this.#seen.filter((one) => one.verdict === 'gap');
    // Messages that expired before the first one have no numbers.
    if (gaps.some(({ from, cause }, index) => from === undefined && (index > 0 || cause !== 'expired'))) this.#fail('reported a gap without numbers');
    const told = gaps.flatMap(({ from, size, cause }) => from === undefined ? [] : Array.from({ length: size }, (_, index) => ({ order: from + index, cause })));
    if (told.map(({ order }) => order).join() !== missing.join()) this.#fail(`reported gaps ${told.map(({ order }) => order).join()}, missing are ${missing.join()}`);
    if (this.#raw.some(({ expired }) => expired !== undefined)) return;
    // The sender reports its drops with the next message: if that is lost too, they are unknown.
    const causeOf = (order: number): string => {
      const next = this.world.topic.missing.get(order + 1);
      const own = this.world.topic.missing.get(order) as string;
      return own === 'dropped' && next !== undefined ? causeOf(order + 1) : own;
    };
    const wrong = told.filter(({ order, cause }) => causeOf(order) !== cause);
    if (wrong.length > 0) this.#fail(`wrong causes: ${JSON.stringify(wrong)}`);
    const kinds = this.#seen.filter((one) => one.verdict !== 'gap').map(({ verdict }) => verdict);
    const planted = orders.map((order, index) => (order === orders[index - 1] ? 'repeated' : this.#isTorn(index) ? 'torn' : 'whole'));
    if (kinds.join() !== planted.join()) this.#fail(`verdicts ${kinds.join()}, planted ${planted.join()}`);
  }

  #isTorn(index: number): boolean {
    const { value, inputOrder } = this.#raw[index] as Received;
    return value.toString() !== `picture cam run ${inputOrder}`;
  }

  #hold(message: Verified): void {
    this.#held.push(message);
    if (this.#held.length === 1) this.#takeLater();
  }

  #takeLater(): void {
    this.#taking = asyncScheduler.schedule(() => {
      this.#held.pop()?.acknowledge();
      if (this.#held.length > 0) this.#takeLater();
    }, TAKE_MS);
  }

  #fail(problem: string): void {
    this.world.fail(`${this.name} (${this.kind}): ${problem}`);
  }
}
