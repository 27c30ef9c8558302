/** Applies the answer to a request to one of its queues: messages to send again, limits for the next request, and reports. */
import { mono } from '../../core/clock.js';
import type { RxcamError } from '../../core/errors/errors.js';
import type { PartOutcome } from './batch.js';
import type { NotWritten } from '../driver.js';
import type { CircuitBreaker } from './circuit-breaker.js';
import type { SizeSearch } from './size-search.js';

/** Updates the queue; called before any report. */
export function settlePart(outcome: PartOutcome, breaker: CircuitBreaker, search: SizeSearch): void {
  const { part: { queue, entries }, written, resend, tooLarge } = outcome;
  for (const { entry } of written) queue.sent(entry);
  if (resend.length === 0 && tooLarge.length === 0) {
    queue.isSuspect = false;
    queue.notBefore = 0;
    queue.failures = 0;
    queue.error = undefined;
    return;
  }
  for (const { entry } of resend) entry.tracker.move('outbox');
  queue.giveBack(resend.map(({ entry }) => entry));
  const refused = refusals(outcome);
  const splits = new Set(refused.map(({ split }) => split));
  if (refused.length > 0 || resend.length === 0) queue.isSuspect = splits.has('apart');
  queue.notBefore = mono() + Math.max(0, ...resend.map(({ outcome: one }) => ('afterMs' in one ? one.afterMs ?? 0 : 0)));
  if (splits.has('size')) search.narrow(queue, entries);
  else if (splits.has(undefined)) queue.notBefore = mono() + breaker.waitMs(++queue.failures);
  else if (resend.length === 0) queue.failures = 0;
  if (splits.has(undefined)) queue.error = refused.find(({ split }) => split === undefined)?.error;
  else if (written.length > 0) queue.error = undefined;
  if (tooLarge.length > 0) search.found(queue.topic);
}

/** Receives the reports of {@link reportPart}. */
export interface AnswerObserver {
  /** Called when messages of a topic were refused, or can't be sent to the server that they belong to. */
  refused(error: RxcamError, topic: string): void;
  /** Called when messages of a topic are written. */
  written(topic: string): void;
}

/** Drops messages that are too large, and reports refusals, except those that only change how a message is sent. */
export function reportPart(partOutcome: PartOutcome, observer: AnswerObserver): void {
  const { part: { queue }, written, resend, tooLarge } = partOutcome;
  if (resend.length === 0 && tooLarge.length === 0) {
    observer.written(queue.topic);
    return;
  }
  for (const { entry, outcome } of tooLarge) queue.dropTaken(entry, 'too-large', outcome.error);
  const refused = refusals(partOutcome).filter(({ split }) => split === undefined);
  const outcomes = [...tooLarge.map(({ outcome }) => outcome), ...refused];
  for (const error of new Set(outcomes.map((outcome) => outcome.error))) observer.refused(error, queue.topic);
  if (written.length > 0 && queue.error === undefined) observer.written(queue.topic);
}

function refusals({ resend }: PartOutcome): NotWritten[] {
  return resend.flatMap(({ outcome }) => ('again' in outcome ? [] : [outcome]));
}
