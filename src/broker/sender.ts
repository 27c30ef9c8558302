/** Sends what the lanes hold: several requests at once, one for each lane at most, again for ever until it is written. */
import { Subscription, defer, take, throwIfEmpty, timeout } from 'rxjs';
import { mono } from '../clock.js';
import { BROKER } from '../defaults.js';
import { BrokerUnavailable, type RxcamError, isRxcamError } from '../errors.js';
import { redact } from '../redact.js';
import type { AgainOptions } from './again.js';
import { Alarm } from './alarm.js';
import { type Answer, type Batch, acknowledgement, gather, readAnswer, sizeOf } from './batch.js';
import type { Driver, NotWritten, SendOutcome } from './driver.js';
import { Health } from './health.js';
import type { Lane } from './lane.js';
import { SizeSearch } from './size-search.js';

export interface SenderOptions extends AgainOptions {
  readonly lingerMs: number;
  readonly maxRequestBytes: number;
  readonly requestTimeoutMs: number;
}

/** Whom the sender tells. */
export interface SenderObserver {
  /** A request was answered. */
  connected(): void;
  /** A request failed, or was not answered in time. */
  unavailable(error: RxcamError): void;
  /** A message was refused. */
  refused(error: RxcamError): void;
  /** Messages have left the outbox. */
  settled(): void;
}

export class Sender {
  readonly #ready = new Set<Lane>();
  readonly #search = new SizeSearch();
  readonly #requests = new Subscription();
  readonly #alarm = new Alarm(() => { this.#plan(); });
  readonly #health: Health;
  #bytesUnderWay = 0;
  #isBusy = false;

  constructor(readonly driver: Driver, readonly options: SenderOptions, readonly observer: SenderObserver) {
    this.#health = new Health(options);
  }

  /** The lane has got a message. */
  wake(lane: Lane): void {
    if (lane.waiting > 0 && lane.taken === 0) this.#ready.add(lane);
    this.#plan();
  }

  /** No linger and no long wait any more: the handle is closing. */
  hurry(): void {
    this.#health.hurry();
    for (const lane of this.#ready) lane.notBefore = 0;
    this.#plan();
  }

  /** Abandons the requests under way and sends nothing more. */
  stop(): void {
    this.#ready.clear();
    this.#alarm.set(Infinity);
    this.#requests.unsubscribe();
  }

  get #isFull(): boolean {
    return this.#bytesUnderWay >= BROKER.maxBytesUnderWay * this.#health.share;
  }

  #plan(): void {
    if (this.#isBusy || this.#requests.closed) return;
    const dueAt = this.#dueAt();
    if (dueAt <= mono()) this.#flush();
    else this.#alarm.set(dueAt);
  }

  #dueAt(): number {
    if (this.#ready.size === 0 || this.#isFull) return Infinity;
    if (this.#health.dueAt > mono()) return this.#health.dueAt;
    let earliest = Infinity;
    for (const lane of this.#ready) earliest = Math.min(earliest, this.#laneDueAt(lane));
    return earliest;
  }

  #laneDueAt(lane: Lane): number {
    const lingerMs = this.#health.isHurried ? 0 : this.options.lingerMs;
    return Math.max((lane.peek()?.offeredAt ?? -Infinity) + lingerMs, lane.notBefore);
  }

  /** Answers may come at once and bring new work: a loop, where a recursion would use up the stack. */
  #flush(): void {
    this.#whileBusy(() => {
      while (this.#dueAt() <= mono() && !this.#requests.closed) this.#dispatchAll();
    });
  }

  #dispatchAll(): void {
    const now = mono();
    const held = [...this.#ready].filter((lane) => lane.notBefore > now);
    for (const lane of held) this.#ready.delete(lane);
    while (this.#ready.size > 0 && this.#health.dueAt <= now && !this.#isFull) {
      const maxBytes = this.options.maxRequestBytes * this.#health.share;
      const batch = gather(this.driver, this.#ready, maxBytes, (error) => { this.observer.refused(error); });
      if (batch.length > 0) this.#send(batch);
    }
    for (const lane of held) this.#ready.add(lane);
    this.observer.settled();
  }

  #send(batch: Batch): void {
    const { requestTimeoutMs } = this.options;
    const startedAt = mono();
    const outgoing = batch.flatMap((part) => part.outgoing);
    const epoch = this.#health.sent();
    const bytes = sizeOf(batch.flatMap(({ entries }) => entries));
    this.#bytesUnderWay += bytes;
    const request = defer(() => this.driver.send(outgoing)).pipe(
      take(1),
      timeout({ first: requestTimeoutMs, with: () => { throw noAnswer(this.driver, `no answer within ${requestTimeoutMs} ms`).error; } }),
      throwIfEmpty(() => noAnswer(this.driver, 'no answer').error),
    ).subscribe({
      next: (outcomes) => {
        this.#bytesUnderWay -= bytes;
        this.#answered(batch, outcomes, epoch, mono() - startedAt);
      },
      error: (error: unknown) => {
        this.#bytesUnderWay -= bytes;
        this.#failed(batch, error, epoch);
      },
    });
    this.#requests.add(request);
  }

  #answered(batch: Batch, outcomes: readonly SendOutcome[], epoch: number, writeMs: number): void {
    this.#whileBusy(() => {
      if (this.#health.answered(epoch)) this.observer.connected();
      const answers = readAnswer(batch, outcomes, () => noAnswer(this.driver, 'no answer for a message'));
      for (const answer of answers) this.#settle(answer);
      for (const { part, written } of answers) {
        for (const { entry, outcome } of written) entry.acknowledged(acknowledgement(entry, part.lane, outcome, writeMs));
      }
      for (const answer of answers) this.#reportRefused(answer);
      this.#again(batch);
    });
  }

  /** Brings the lane up to date, before anyone hears of it. */
  #settle({ part: { lane, entries }, written, back, tooLarge }: Answer): void {
    for (const { entry } of written) lane.sent(entry);
    for (const { entry } of back) entry.ticket.move('outbox');
    lane.giveBack(back.map(({ entry }) => entry));
    const splits = new Set(back.map(({ outcome }) => outcome.split));
    lane.isSuspect = splits.has('apart');
    if (splits.has('size')) this.#search.narrow(lane, entries);
    else if (splits.has(undefined)) lane.notBefore = mono() + this.#health.waitMs(++lane.failures);
    else if (back.length === 0) lane.failures = 0;
    if (tooLarge.length > 0) this.#search.found(lane.topic);
  }

  #reportRefused({ part: { lane }, back, tooLarge }: Answer): void {
    for (const { entry, outcome } of tooLarge) lane.dropTaken(entry, 'too-large', outcome.error);
    const errors = [...tooLarge, ...back.filter(({ outcome }) => outcome.split === undefined)].map(({ outcome }) => outcome.error);
    for (const error of new Set(errors)) this.observer.refused(error);
  }

  #failed(batch: Batch, reason: unknown, epoch: number): void {
    this.#whileBusy(() => {
      for (const { lane, entries } of batch) {
        for (const { ticket } of entries) ticket.move('outbox');
        lane.giveBack(entries);
      }
      if (this.#health.failed(epoch)) {
        if (this.#health.wantsReset) this.driver.reset();
        this.observer.unavailable(isRxcamError(reason) ? reason : noAnswer(this.driver, redact(String(reason))).error);
      }
      this.#again(batch);
    });
  }

  #again(batch: Batch): void {
    for (const { lane } of batch) if (lane.waiting > 0 && lane.taken === 0) this.#ready.add(lane);
    this.observer.settled();
  }

  /** What the users of the events and acknowledgements do meanwhile must not start a request: it starts afterwards. */
  #whileBusy(work: () => void): void {
    const wasBusy = this.#isBusy;
    this.#isBusy = true;
    try {
      work();
    } finally {
      this.#isBusy = wasBusy;
    }
    this.#plan();
  }
}

function noAnswer(driver: Driver, reason: string): NotWritten {
  return { ok: false, error: new BrokerUnavailable(`${driver.kind} at ${driver.address}: ${reason}`) };
}
