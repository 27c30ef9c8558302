/** When a request counts as unanswered. */
import { EMPTY, Observable, defer, expand, take, throwIfEmpty, timer } from 'rxjs';
import { mono } from '../clock.js';
import { BrokerUnavailable } from '../errors.js';
import type { Driver, NotWritten, Outgoing, SendOutcome } from './driver.js';

export interface InTime {
  readonly requestTimeoutMs: number;
  /** Monotonic time until which the server has asked for a pause: it reads nothing before, and time counts from there. */
  readonly pausedUntil: () => number;
}

/** The answer to a batch; errors if there is none in time, and has given the request up by then. */
export function answerInTime(driver: Driver, batch: readonly Outgoing[], given: InTime): Observable<readonly SendOutcome[]> {
  const { requestTimeoutMs, pausedUntil } = given;
  return new Observable((subscriber) => {
    const request = defer(() => driver.send(batch)).pipe(
      take(1),
      throwIfEmpty(() => noAnswer(driver, 'no answer').error),
    ).subscribe({
      next: (outcomes) => { subscriber.next(outcomes); },
      error: (error: unknown) => { subscriber.error(error); },
      complete: () => { subscriber.complete(); },
    });
    subscriber.add(request);
    if (subscriber.closed) return;
    subscriber.add(lateAfter(requestTimeoutMs, pausedUntil).subscribe({ complete: () => {
      request.unsubscribe();
      subscriber.error(noAnswer(driver, `no answer within ${requestTimeoutMs} ms`).error);
    } }));
  });
}

/** What is said of a request without an answer. */
export function noAnswer(driver: Driver, reason: string): NotWritten {
  return { ok: false, error: new BrokerUnavailable(`${driver.kind} at ${driver.address}: ${reason}`) };
}

function lateAfter(ms: number, pausedUntil: () => number): Observable<unknown> {
  return timer(ms).pipe(expand(() => {
    const until = pausedUntil();
    const leftMs = until === 0 ? 0 : until + ms - mono();
    return leftMs > 0 ? timer(Math.ceil(leftMs)) : EMPTY;
  }));
}
