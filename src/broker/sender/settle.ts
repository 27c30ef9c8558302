/** What an answer means for a lane: what goes back into it, how it is sent next time, and who hears of it. */
import { mono } from '../../core/clock.js';
import type { RxcamError } from '../../core/errors/errors.js';
import type { Answer } from './batch.js';
import type { NotWritten } from '../driver.js';
import type { Health } from './health.js';
import type { SizeSearch } from './size-search.js';

/** Brings the lane up to date, before anyone hears of it. */
export function settle(answer: Answer, health: Health, search: SizeSearch): void {
  const { part: { lane, entries }, written, back, tooLarge } = answer;
  for (const { entry } of written) lane.sent(entry);
  if (back.length === 0 && tooLarge.length === 0) {
    lane.isSuspect = false;
    lane.notBefore = 0;
    lane.failures = 0;
    lane.error = undefined;
    return;
  }
  for (const { entry } of back) entry.ticket.move('outbox');
  lane.giveBack(back.map(({ entry }) => entry));
  const refused = refusals(answer);
  const splits = new Set(refused.map(({ split }) => split));
  if (refused.length > 0 || back.length === 0) lane.isSuspect = splits.has('apart');
  lane.notBefore = mono() + Math.max(0, ...back.map(({ outcome }) => ('afterMs' in outcome ? outcome.afterMs ?? 0 : 0)));
  if (splits.has('size')) search.narrow(lane, entries);
  else if (splits.has(undefined)) lane.notBefore = mono() + health.waitMs(++lane.failures);
  else if (back.length === 0) lane.failures = 0;
  if (splits.has(undefined)) lane.error = refused.find(({ split }) => split === undefined)?.error;
  else if (written.length > 0) lane.error = undefined;
  if (tooLarge.length > 0) search.found(lane.topic);
}

/** Whom {@link report} tells. */
export interface Told {
  /** Messages of a topic were refused, or can't be sent to the server that they belong to. */
  refused(error: RxcamError, topic: string): void;
  /** Messages of a topic are written. */
  written(topic: string): void;
}

/** Drops what is too large, and says what was refused, not what is only sent in another way. */
export function report(answer: Answer, told: Told): void {
  const { part: { lane }, written, back, tooLarge } = answer;
  if (back.length === 0 && tooLarge.length === 0) {
    told.written(lane.topic);
    return;
  }
  for (const { entry, outcome } of tooLarge) lane.dropTaken(entry, 'too-large', outcome.error);
  const refused = refusals(answer).filter(({ split }) => split === undefined);
  const outcomes = [...tooLarge.map(({ outcome }) => outcome), ...refused];
  for (const error of new Set(outcomes.map((outcome) => outcome.error))) told.refused(error, lane.topic);
  if (written.length > 0 && lane.error === undefined) told.written(lane.topic);
}

function refusals({ back }: Answer): NotWritten[] {
  return back.flatMap(({ outcome }) => ('again' in outcome ? [] : [outcome]));
}
