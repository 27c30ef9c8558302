/** Time limit of requests. */
import { Observable, asyncScheduler, defer } from 'rxjs';
import { mono } from '../../core/clock.js';
import { BrokerUnavailable } from '../../core/errors/errors.js';
import type { Driver, NotWritten, Outgoing, SendOutcome } from '../driver.js';

export interface TimeLimit {
  readonly requestTimeoutMs: number;
  /** Monotonic time until which the server has asked for a pause: it reads nothing before, and time counts from there. */
  readonly pausedUntil: () => number;
}

/** The answer to a batch; errors if there is none in time, and has given the request up by then. */
export function sendWithLimit(driver: Driver, batch: readonly Outgoing[], given: TimeLimit): Observable<readonly SendOutcome[]> {
  const { requestTimeoutMs, pausedUntil } = given;
  return new Observable((subscriber) => {
    const request = defer(() => driver.send(batch)).subscribe({
      next: (outcomes) => {
        subscriber.next(outcomes);
        subscriber.complete();
      },
      error: (error: unknown) => { subscriber.error(error); },
      // After an answer there is nothing to say, and an error costs as much as a request.
      complete: () => { if (!subscriber.closed) subscriber.error(noAnswer(driver, 'no answer').error); },
    });
    subscriber.add(request);
    // An answer that came at once needs no timer.
    if (subscriber.closed) return;
    subscriber.add(asyncScheduler.schedule(function () {
      const until = pausedUntil();
      const leftMs = until === 0 ? 0 : until + requestTimeoutMs - mono();
      if (leftMs > 0) {
        this.schedule(undefined, Math.ceil(leftMs));
        return;
      }
      request.unsubscribe();
      subscriber.error(noAnswer(driver, `no answer within ${requestTimeoutMs} ms`).error);
    }, requestTimeoutMs));
  });
}

/** The error of a request without an answer. */
export function noAnswer(driver: Driver, reason: string): NotWritten {
  return { ok: false, error: new BrokerUnavailable(`${driver.kind} at ${driver.address}: ${reason}`) };
}
