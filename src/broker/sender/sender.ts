/** Sends the messages of the queues: several requests at once, at most one for each queue, repeated until they are written. */
import { Subscription } from 'rxjs';
import { mono } from '../../core/clock.js';
import { type RxcamError, isRxcamError } from '../../core/errors/errors.js';
import { redact } from '../../core/redact/redact.js';
import type { RetryOptions } from '../broker-options.js';
import { Timer } from './timer.js';
import { type Batch, acknowledgement, gatherBatch, readAnswer } from './batch.js';
import type { Driver, SendOutcome } from '../driver.js';
import type { PartitionQueue } from '../outbox/index.js';
import { sendWithLimit, noAnswer } from './time-limit.js';
import { ReadyQueues } from './ready-queues.js';
import { type Server, Servers } from './servers.js';
import { type AnswerObserver, reportAnswer, settleBatch } from './settle.js';
import { SizeSearch } from './size-search.js';

export interface SenderOptions extends RetryOptions {
  readonly lingerMs: number;
  readonly maxRequestBytes: number;
  readonly requestTimeoutMs: number;
}

/** Receives the sender's reports. */
export interface SenderObserver extends AnswerObserver {
  /** A request was answered. */
  connected(): void;
  /** A request failed, or was not answered in time, and nothing else shows that the broker can be reached. */
  unavailable(error: RxcamError): void;
  /** Messages have left the outbox. */
  settled(): void;
}

export class Sender {
  readonly servers: Servers;
  readonly #ready = new ReadyQueues();
  readonly #search = new SizeSearch();
  readonly #requests = new Subscription();
  readonly #timer = new Timer(() => { this.#plan(); });
  #isBusy = false;
  #isHurried = false;

  constructor(readonly driver: Driver, readonly options: SenderOptions, readonly observer: SenderObserver) {
    this.servers = new Servers(driver, options);
  }

  /** The queue has got a message. */
  wake(queue: PartitionQueue): void {
    if (queue.waiting === 0 || queue.taken > 0) return;
    if (!queue.mayLeave()) return this.observer.settled();
    this.#ready.add(queue);
    // If the timer fires before this queue is due, it plans this one too.
    if (this.#timer.at > this.#queueDueAt(queue)) this.#plan();
  }

  /** Ends lingering and long waits: the handle is closing. */
  hurry(): void {
    this.#isHurried = true;
    this.servers.hurry();
    for (const queue of this.#ready) queue.notBefore = 0;
    this.#plan();
  }

  /** Abandons the requests under way and sends nothing more. */
  stop(): void {
    this.#ready.clear();
    this.#timer.set(Infinity);
    this.#requests.unsubscribe();
  }

  /** Why messages of this queue wait, other than for their turn. */
  whyWaits(queue: PartitionQueue): RxcamError | undefined { return queue.length === 0 ? undefined : queue.error ?? this.servers.of(queue).error; }

  #plan(): void {
    if (this.#isBusy || this.#requests.closed) return;
    const dueAt = this.#dueAt();
    if (dueAt <= mono()) this.#flush();
    else this.#timer.set(dueAt);
  }

  #dueAt(): number {
    let earliest = Infinity;
    for (const queue of this.#ready) {
      const server = this.servers.of(queue);
      if (!server.isFull) earliest = Math.min(earliest, Math.max(server.dueAt, this.#queueDueAt(queue)));
    }
    return earliest;
  }

  #queueDueAt(queue: PartitionQueue): number {
    const lingerMs = this.#isHurried ? 0 : this.options.lingerMs;
    return Math.max((queue.peek()?.offeredAt ?? -Infinity) + lingerMs, queue.notBefore);
  }

  /** A loop: synchronous answers make queues ready again, and a recursion would overflow the stack. */
  #flush(): void {
    this.#whileBusy(() => {
      while (this.#dueAt() <= mono() && !this.#requests.closed) this.#dispatchAll();
    });
  }

  #dispatchAll(): void {
    for (const [server, queues] of this.servers.group(this.#ready.takeFree(mono()))) {
      this.#ready.started(queues);
      for (const queue of this.#dispatch(server, queues)) this.#ready.add(queue);
    }
    this.observer.settled();
  }

  /** Sends as much as one server can take now; returns the queues that are in no request and have something left. */
  #dispatch(server: Server, queues: readonly PartitionQueue[]): readonly PartitionQueue[] {
    let waiting = queues;
    while (waiting.length > 0 && server.dueAt <= mono() && !server.isFull && !this.#requests.closed) {
      const maxBytes = this.options.maxRequestBytes * server.breaker.share;
      const { batch, left } = gatherBatch(this.driver, waiting, maxBytes, (error, { topic }) => { this.observer.refused(error, topic); });
      waiting = left;
      if (batch.length > 0) this.#send(server, batch);
    }
    return waiting;
  }

  #send(server: Server, batch: Batch): void {
    const startedAt = mono();
    const outgoing = batch.flatMap((part) => part.outgoing);
    const epoch = server.breaker.sent();
    const bytes = batch.reduce((sum, part) => sum + part.bytes, 0);
    server.bytesUnderWay += bytes;
    const inTime = { requestTimeoutMs: this.options.requestTimeoutMs, pausedUntil: () => server.pausedUntil };
    const request = sendWithLimit(this.driver, outgoing, inTime).subscribe({
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
      const isCurrent = server.breaker.answered(epoch);
      if (isCurrent) server.error = undefined;
      if (isCurrent && outcomes.some((outcome) => !('again' in outcome))) {
        server.hasAnswered = true;
        this.observer.connected();
      }
      const answers = readAnswer(batch, outcomes, () => noAnswer(this.driver, 'no answer for a message'));
      for (const answer of answers) settleBatch(answer, server.breaker, this.#search);
      for (const { part, written } of answers) {
        for (const { entry, outcome } of written) entry.acknowledged(acknowledgement(entry, part.queue, outcome, writeMs));
      }
      for (const answer of answers) reportAnswer(answer, this.observer);
      this.#again(batch);
    });
  }

  #failed(server: Server, batch: Batch, reason: unknown, epoch: number): void {
    this.#whileBusy(() => {
      for (const { queue, entries } of batch) {
        for (const { tracker } of entries) tracker.move('outbox');
        queue.giveBack(entries);
      }
      const error = isRxcamError(reason) ? reason : noAnswer(this.driver, redact(String(reason))).error;
      if (server.breaker.failed(epoch)) this.#serverFailed(server, batch, error);
      this.#again(batch);
    });
  }

  #serverFailed(server: Server, batch: Batch, error: RxcamError): void {
    server.error = error;
    if (server.breaker.wantsReset) this.driver.reset(server.name);
    if (server.name === undefined || !this.servers.hasHealthy) {
      this.observer.unavailable(error);
      return;
    }
    // Its messages may move to another server, so each queue keeps the reason.
    for (const { queue } of batch) queue.error = error;
    for (const topic of new Set(batch.map(({ queue }) => queue.topic))) this.observer.refused(error, topic);
  }

  #again(batch: Batch): void {
    for (const { queue } of batch) if (queue.waiting > 0 && queue.taken === 0) this.#ready.add(queue);
    this.observer.settled();
  }

  /** Delays requests that user code causes while it handles events and acknowledgements. */
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
