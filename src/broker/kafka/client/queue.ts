/**
 * Replaces the timers of kafkajs's request queue. After the first answer, kafkajs checks for waiting requests every millisecond,
 * with delays below zero (Node 24 warns of them); it checks for late answers ten times a second; and it measures both by the wall
 * clock, which may jump. Here one timer waits for the oldest request, and an idle connection has no timer.
 * kafkajs's callbacks are not wrapped: an answer that a closure keeps outlives the young generation of the heap, which costs a
 * reader half as much CPU again.
 */
import { mono } from '../../../core/clock.js';
import type { Pauses } from '../wire/index.js';

/** The members of kafkajs's queue that are replaced or called. */
export interface RequestQueue {
  /** Requests that are sent and not answered, by correlation id. */
  readonly inflight: ReadonlyMap<number, SocketRequest>;
  scheduleRequestTimeoutCheck(): void;
  scheduleCheckPendingRequests(): void;
  maybeThrottle(ms: number | null | undefined): void;
  sendSocketRequest(request: SocketRequest): void;
  push(request: PushedRequest): void;
}

interface PushedRequest {
  readonly entry: {
    apiKey: number; apiName: string; apiVersion: number; correlationId: number;
    resolve: (answer: { payload: unknown }) => void; reject: (error: unknown) => void;
  };
  readonly expectResponse: boolean;
  readonly requestTimeout: number | null;
  sendRequest(): void;
}

interface SocketRequest {
  readonly expectResponse: boolean;
  readonly requestTimeout: number;
  readonly entry: { readonly correlationId: number };
  timeoutRequest(): void;
}

export function replaceTimers(queue: RequestQueue, pauses: Pauses): void {
  const send = queue.sendSocketRequest.bind(queue);
  const deadlines = new Deadlines(queue, pauses);
  queue.scheduleRequestTimeoutCheck = () => { /* `Deadlines` does it. */ };
  queue.scheduleCheckPendingRequests = () => { /* No request waits: their number is unlimited, and the sender handles pauses. */ };
  queue.maybeThrottle = (ms) => { if (ms !== null && ms !== undefined && ms > 0) pauses.pause(ms); };
  queue.sendSocketRequest = (request) => {
    if (request.expectResponse) deadlines.add(request);
    send(request);
  };
}

/** Fails requests whose answer does not arrive in time. */
class Deadlines {
  /** The requests, oldest first, which is the order of the answers; `at` is their monotonic time in ms. */
  readonly #sent: { readonly id: number; readonly at: number }[] = [];
  #isWatching = false;

  constructor(readonly queue: RequestQueue, readonly pauses: Pauses) {}

  add({ entry: { correlationId }, requestTimeout }: SocketRequest): void {
    this.#forgetAnswered();
    this.#sent.push({ id: correlationId, at: mono() });
    if (!this.#isWatching) this.#watch(requestTimeout);
  }

  #forgetAnswered(): void {
    while (this.#sent[0] !== undefined && !this.queue.inflight.has(this.#sent[0].id)) this.#sent.shift();
  }

  /** Starts the timer, which does not keep the process alive: during a request, the socket does. */
  #watch(ms: number): void {
    this.#isWatching = true;
    setTimeout(() => { this.#check(); }, ms).unref();
  }

  #check(): void {
    this.#isWatching = false;
    for (;;) {
      this.#forgetAnswered();
      const [oldest] = this.#sent;
      if (oldest === undefined) return;
      const request = this.queue.inflight.get(oldest.id) as SocketRequest;
      // The broker reads nothing while it pauses.
      const leftMs = Math.max(oldest.at, this.pauses.pausedUntil) + request.requestTimeout - mono();
      if (leftMs > 0) {
        this.#watch(leftMs);
        return;
      }
      request.timeoutRequest();
    }
  }
}
