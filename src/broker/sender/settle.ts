/** Applies an answer to a queue: messages that go back into it, limits for the next request, and reports. */
import { mono } from '../../core/clock.js';
import type { RxcamError } from '../../core/errors/errors.js';
import type { BatchOutcome } from './batch.js';
import type { NotWritten } from '../driver.js';
import type { CircuitBreaker } from './circuit-breaker.js';
import type { SizeSearch } from './size-search.js';

/** Updates the queue, before any report. */
export function settleBatch(answer: BatchOutcome, breaker: CircuitBreaker, search: SizeSearch): void {
  const { part: { queue, entries }, written, back, tooLarge } = answer;
  for (const { entry } of written) queue.sent(entry);
  if (back.length === 0 && tooLarge.length === 0) {
    queue.isSuspect = false;
    queue.notBefore = 0;
    queue.failures = 0;
    queue.error = undefined;
    return;
  }
  for (const { entry } of back) entry.tracker.move('outbox');
  queue.giveBack(back.map(({ entry }) => entry));
  const refused = refusals(answer);
  const splits = new Set(refused.map(({ split }) => split));
  if (refused.length > 0 || back.length === 0) queue.isSuspect = splits.has('apart');
  queue.notBefore = mono() + Math.max(0, ...back.map(({ outcome }) => ('afterMs' in outcome ? outcome.afterMs ?? 0 : 0)));
  if (splits.has('size')) search.narrow(queue, entries);
  else if (splits.has(undefined)) queue.notBefore = mono() + breaker.waitMs(++queue.failures);
  else if (back.length === 0) queue.failures = 0;
  if (splits.has(undefined)) queue.error = refused.find(({ split }) => split === undefined)?.error;
  else if (written.length > 0) queue.error = undefined;
  if (tooLarge.length > 0) search.found(queue.topic);
}

/** Receives the reports of {@link reportAnswer}. */
export interface AnswerObserver {
  /** Messages of a topic were refused, or can't be sent to the server that they belong to. */
  refused(error: RxcamError, topic: string): void;
  /** Messages of a topic are written. */
  written(topic: string): void;
}

/** Drops messages that are too large, and reports refusals, except those that only change how a message is sent. */
export function reportAnswer(answer: BatchOutcome, observer: AnswerObserver): void {
  const { part: { queue }, written, back, tooLarge } = answer;
  if (back.length === 0 && tooLarge.length === 0) {
    observer.written(queue.topic);
    return;
  }
  for (const { entry, outcome } of tooLarge) queue.dropTaken(entry, 'too-large', outcome.error);
  const refused = refusals(answer).filter(({ split }) => split === undefined);
  const outcomes = [...tooLarge.map(({ outcome }) => outcome), ...refused];
  for (const error of new Set(outcomes.map((outcome) => outcome.error))) observer.refused(error, queue.topic);
  if (written.length > 0 && queue.error === undefined) observer.written(queue.topic);
}

function refusals({ back }: BatchOutcome): NotWritten[] {
  return back.flatMap(({ outcome }) => ('again' in outcome ? [] : [outcome]));
}
