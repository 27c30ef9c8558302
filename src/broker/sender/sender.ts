/** Sends the messages of the queues: several requests at once, at most one for each queue, until all messages are written. */
import { Subscription } from 'rxjs';
import { mono } from '../../core/clock.js';
import { type RxcamError, isRxcamError } from '../../core/errors/errors.js';
import { redact } from '../../core/redact/redact.js';
import type { RetryOptions } from '../broker-options.js';
import { Timer } from './timer.js';
import { type Batch, acknowledgement, gatherBatch, outcomesByPart } from './batch.js';
import type { Driver, SendOutcome } from '../driver.js';
import type { PartitionQueue } from '../outbox/index.js';
import { sendWithLimit, unavailable } from './time-limit.js';
import { ReadyQueues } from './ready-queues.js';
import { type Server, Servers } from './servers.js';
import { type AnswerObserver, reportPart, settlePart } from './settle.js';
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

  /** Called when the queue has a new message, or its fence has changed. */
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

  /** Abandons the requests in flight and sends nothing more. */
  stop(): void {
    this.#ready.clear();
    this.#timer.set(Infinity);
    this.#requests.unsubscribe();
  }

  /** Why messages of this queue are not sent, other than that others are sent first; undefined if there is no other reason. */
  whyWaits(queue: PartitionQueue): RxcamError | undefined {
    return queue.length === 0 ? undefined : queue.error ?? this.servers.serverOf(queue).error;
  }

  #plan(): void {
    if (this.#isBusy || this.#requests.closed) return;
    const dueAt = this.#dueAt();
    if (dueAt <= mono()) this.#flush();
    else this.#timer.set(dueAt);
  }

  #dueAt(): number {
    let earliest = Infinity;
    for (const queue of this.#ready) {
      const server = this.servers.serverOf(queue);
      if (!server.isFull) earliest = Math.min(earliest, Math.max(server.dueAt, this.#queueDueAt(queue)));
    }
    return earliest;
  }

  #queueDueAt(queue: PartitionQueue): number {
    const lingerMs = this.#isHurried ? 0 : this.options.lingerMs;
    return Math.max((queue.peek()?.offeredAt ?? -Infinity) + lingerMs, queue.notBefore);
  }

  /** A loop: synchronous answers make queues ready again, and recursion would overflow the stack. */
  #flush(): void {
    this.#whileBusy(() => {
      while (this.#dueAt() <= mono() && !this.#requests.closed) this.#dispatchAll();
    });
  }

  #dispatchAll(): void {
    for (const [server, queues] of this.servers.group(this.#ready.takeDue(mono()))) {
      this.#ready.started(queues);
      for (const queue of this.#dispatch(server, queues)) this.#ready.add(queue);
    }
    this.observer.settled();
  }

  /** Sends as much as one server accepts now; returns the queues that are in no request and have messages. */
  #dispatch(server: Server, queues: readonly PartitionQueue[]): readonly PartitionQueue[] {
    let waiting = queues;
    while (waiting.length > 0 && server.dueAt <= mono() && !server.isFull && !this.#requests.closed) {
      const maxBytes = this.options.maxRequestBytes * server.breaker.share;
      const { batch, remaining } = gatherBatch(this.driver, waiting, maxBytes, (error, { topic }) => { this.observer.refused(error, topic); });
      waiting = remaining;
      if (batch.length > 0) this.#send(server, batch);
    }
    return waiting;
  }

  #send(server: Server, batch: Batch): void {
    const startedAt = mono();
    const outgoing = batch.flatMap((part) => part.outgoing);
    const epoch = server.breaker.started();
    const bytes = batch.reduce((sum, part) => sum + part.bytes, 0);
    server.bytesInFlight += bytes;
    const timeLimit = { requestTimeoutMs: this.options.requestTimeoutMs, pausedUntil: () => server.pausedUntil };
    this.#requests.add(sendWithLimit(this.driver, outgoing, timeLimit).subscribe({
      next: (outcomes) => {
        server.bytesInFlight -= bytes;
        this.#answered(server, batch, outcomes, epoch, mono() - startedAt);
      },
      error: (error: unknown) => {
        server.bytesInFlight -= bytes;
        this.#failed(server, batch, error, epoch);
      },
    }));
  }

  #answered(server: Server, batch: Batch, outcomes: readonly SendOutcome[], epoch: number, writeMs: number): void {
    this.#whileBusy(() => {
      const isCurrent = server.breaker.answered(epoch);
      if (isCurrent) server.error = undefined;
      if (isCurrent && outcomes.some((outcome) => !('again' in outcome))) {
        server.hasAnswered = true;
        this.observer.connected();
      }
      const parts = outcomesByPart(batch, outcomes, () => ({ ok: false, error: unavailable(this.driver, 'no answer for a message') }));
      for (const part of parts) settlePart(part, server.breaker, this.#search);
      for (const { part, written } of parts) {
        for (const { entry, outcome } of written) entry.acknowledged(acknowledgement(entry, part.queue, outcome, writeMs));
      }
      for (const part of parts) reportPart(part, this.observer);
      this.#requeue(batch);
    });
  }

  #failed(server: Server, batch: Batch, reason: unknown, epoch: number): void {
    this.#whileBusy(() => {
      for (const { queue, entries } of batch) {
        for (const { tracker } of entries) tracker.move('outbox');
        queue.giveBack(entries);
      }
      const error = isRxcamError(reason) ? reason : unavailable(this.driver, redact(String(reason)));
      if (server.breaker.failed(epoch)) this.#serverFailed(server, batch, error);
      this.#requeue(batch);
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

  #requeue(batch: Batch): void {
    for (const { queue } of batch) if (queue.waiting > 0 && queue.taken === 0) this.#ready.add(queue);
    this.observer.settled();
  }

  /** Delays requests that user code causes while it handles events and acknowledgements, until `work` has returned. */
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
