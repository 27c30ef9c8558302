/** The time limit of requests, and the error of a request without an answer. */
import { Observable, asyncScheduler, defer } from 'rxjs';
import { mono } from '../../core/clock.js';
import { BrokerUnavailable } from '../../core/errors/errors.js';
import type { Driver, Outgoing, SendOutcome } from '../driver.js';

export interface TimeLimit {
  readonly requestTimeoutMs: number;
  /** Monotonic time in ms until which the server requires a pause; 0 for none. It reads nothing before that, so the limit counts from there. */
  readonly pausedUntil: () => number;
}

/** Emits the answer to a batch. Without an answer in time, it abandons the request, then errors. */
export function sendWithLimit(driver: Driver, batch: readonly Outgoing[], limit: TimeLimit): Observable<readonly SendOutcome[]> {
  const { requestTimeoutMs, pausedUntil } = limit;
  return new Observable((subscriber) => {
    const request = defer(() => driver.send(batch)).subscribe({
      next: (outcomes) => {
        subscriber.next(outcomes);
        subscriber.complete();
      },
      error: (error: unknown) => { subscriber.error(error); },
      // After an answer no error is needed, and creating one costs as much as a request.
      complete: () => { if (!subscriber.closed) subscriber.error(unavailable(driver, 'no answer')); },
    });
    subscriber.add(request);
    // A synchronous answer needs no timer.
    if (subscriber.closed) return;
    subscriber.add(asyncScheduler.schedule(function () {
      const until = pausedUntil();
      const leftMs = until === 0 ? 0 : until + requestTimeoutMs - mono();
      if (leftMs > 0) {
        this.schedule(undefined, Math.ceil(leftMs));
        return;
      }
      request.unsubscribe();
      subscriber.error(unavailable(driver, `no answer within ${requestTimeoutMs} ms`));
    }, requestTimeoutMs));
  });
}

/** The error of a request that failed for this reason. */
export function unavailable({ kind, address }: Driver, reason: string): BrokerUnavailable {
  return new BrokerUnavailable(`${kind} at ${address}: ${reason}`);
}
