/** Sends what the lanes hold: several requests at once, one for each lane at most, again for ever until it is written. */
import { Subscription } from 'rxjs';
import { mono } from '../../core/clock.js';
import { type RxcamError, isRxcamError } from '../../core/errors/errors.js';
import { redact } from '../../core/redact/redact.js';
import type { AgainOptions } from '../again.js';
import { Alarm } from './alarm.js';
import { type Batch, acknowledgement, gather, readAnswer, sizeOf } from './batch.js';
import type { Driver, SendOutcome } from '../driver.js';
import type { Lane } from '../outbox/index.js';
import { answerInTime, noAnswer } from './late.js';
import { type Server, Servers } from './servers.js';
import { type Told, report, settle } from './settle.js';
import { SizeSearch } from './size-search.js';

export interface SenderOptions extends AgainOptions {
  readonly lingerMs: number;
  readonly maxRequestBytes: number;
  readonly requestTimeoutMs: number;
}

/** Whom the sender tells. */
export interface SenderObserver extends Told {
  /** A request was answered. */
  connected(): void;
  /** A request failed, or was not answered in time, and nothing else shows that the broker can be reached. */
  unavailable(error: RxcamError): void;
  /** Messages have left the outbox. */
  settled(): void;
}

export class Sender {
  readonly servers: Servers;
  readonly #ready = new Set<Lane>();
  readonly #search = new SizeSearch();
  readonly #requests = new Subscription();
  readonly #alarm = new Alarm(() => { this.#plan(); });
  #isBusy = false;
  #isHurried = false;

  constructor(readonly driver: Driver, readonly options: SenderOptions, readonly observer: SenderObserver) {
    this.servers = new Servers(driver, options);
  }

  /** The lane has got a message. */
  wake(lane: Lane): void {
    if (lane.waiting === 0 || lane.taken > 0) return;
    this.#ready.add(lane);
    // When it rings before this lane is due, all is planned then.
    if (this.#alarm.at > this.#laneDueAt(lane)) this.#plan();
  }

  /** No linger and no long wait any more: the handle is closing. */
  hurry(): void {
    this.#isHurried = true;
    this.servers.hurry();
    for (const lane of this.#ready) lane.notBefore = 0;
    this.#plan();
  }

  /** Abandons the requests under way and sends nothing more. */
  stop(): void {
    this.#ready.clear();
    this.#alarm.set(Infinity);
    this.#requests.unsubscribe();
  }

  /** Why messages of this lane wait, apart from their turn. */
  whyWaits(lane: Lane): RxcamError | undefined {
    return lane.length === 0 ? undefined : lane.error ?? this.servers.of(lane).error;
  }

  #plan(): void {
    if (this.#isBusy || this.#requests.closed) return;
    const dueAt = this.#dueAt();
    if (dueAt <= mono()) this.#flush();
    else this.#alarm.set(dueAt);
  }

  #dueAt(): number {
    let earliest = Infinity;
    for (const lane of this.#ready) {
      const server = this.servers.of(lane);
      if (!server.isFull) earliest = Math.min(earliest, Math.max(server.dueAt, this.#laneDueAt(lane)));
    }
    return earliest;
  }

  #laneDueAt(lane: Lane): number {
    const lingerMs = this.#isHurried ? 0 : this.options.lingerMs;
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
    const free = [...this.#ready].filter((lane) => lane.notBefore <= now);
    for (const [server, lanes] of this.servers.group(free)) {
      for (const lane of lanes) this.#ready.delete(lane);
      this.#dispatch(server, lanes);
      for (const lane of lanes) this.#ready.add(lane);
    }
    this.observer.settled();
  }

  /** Sends what one server can take now; lanes that are in a request, or have nothing left, leave `lanes`. */
  #dispatch(server: Server, lanes: Set<Lane>): void {
    while (lanes.size > 0 && server.dueAt <= mono() && !server.isFull && !this.#requests.closed) {
      const maxBytes = this.options.maxRequestBytes * server.health.share;
      const batch = gather(this.driver, lanes, maxBytes, (error, { topic }) => { this.observer.refused(error, topic); });
      if (batch.length > 0) this.#send(server, batch);
    }
  }

  #send(server: Server, batch: Batch): void {
    const startedAt = mono();
    const outgoing = batch.flatMap((part) => part.outgoing);
    const epoch = server.health.sent();
    const bytes = sizeOf(batch.flatMap(({ entries }) => entries));
    server.bytesUnderWay += bytes;
    const inTime = { requestTimeoutMs: this.options.requestTimeoutMs, pausedUntil: () => server.pausedUntil };
    const request = answerInTime(this.driver, outgoing, inTime).subscribe({
      next: (outcomes) => {
        server.bytesUnderWay -= bytes;
        this.#answered(server, batch, outcomes, epoch, mono() - startedAt);
      },
      error: (error: unknown) => {
        server.bytesUnderWay -= bytes;
        this.#failed(server, batch, error, epoch);
      },
    });
    this.#requests.add(request);
  }

  #answered(server: Server, batch: Batch, outcomes: readonly SendOutcome[], epoch: number, writeMs: number): void {
    this.#whileBusy(() => {
      const isCurrent = server.health.answered(epoch);
      if (isCurrent) server.error = undefined;
      if (isCurrent && outcomes.some((outcome) => !('again' in outcome))) {
        server.hasAnswered = true;
        this.observer.connected();
      }
      const answers = readAnswer(batch, outcomes, () => noAnswer(this.driver, 'no answer for a message'));
      for (const answer of answers) settle(answer, server.health, this.#search);
      for (const { part, written } of answers) {
        for (const { entry, outcome } of written) entry.acknowledged(acknowledgement(entry, part.lane, outcome, writeMs));
      }
      for (const answer of answers) report(answer, this.observer);
      this.#again(batch);
    });
  }

  #failed(server: Server, batch: Batch, reason: unknown, epoch: number): void {
    this.#whileBusy(() => {
      for (const { lane, entries } of batch) {
        for (const { ticket } of entries) ticket.move('outbox');
        lane.giveBack(entries);
      }
      const error = isRxcamError(reason) ? reason : noAnswer(this.driver, redact(String(reason))).error;
      if (server.health.failed(epoch)) this.#serverFailed(server, batch, error);
      this.#again(batch);
    });
  }

  #serverFailed(server: Server, batch: Batch, error: RxcamError): void {
    server.error = error;
    if (server.health.wantsReset) this.driver.reset(server.name);
    if (server.name === undefined || !this.servers.hasHealthy) {
      this.observer.unavailable(error);
      return;
    }
    // Its messages may go elsewhere next time: they remember why they wait.
    for (const { lane } of batch) lane.error = error;
    for (const topic of new Set(batch.map(({ lane }) => lane.topic))) this.observer.refused(error, topic);
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
