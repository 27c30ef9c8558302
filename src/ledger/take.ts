/** Takes values into a step of rxcam, and passes them on to the next step or to the user's code. */
import type { Subscriber } from 'rxjs';
import { type FrameRecord, recordsOf } from './frame-record.js';
import { FRAME_RECORDS, type Accounted } from '../core/frame/accounted.js';
import type { Place } from '../core/events.js';
import { FrameTracker } from './frame-tracker.js';

/**
 * Takes a value into a step of rxcam: from the step before it, or back from the user's code.
 * @param step - the step: a picture that reaches it again is a duplicate; undefined if its place shows that
 */
export function take(value: Accounted, to: Place, step?: object): FrameTracker {
  const records = recordsOf(value) ?? [];
  const only = records[0];
  if (records.length === 1 && only?.place === 'handover' && only.isCopy !== true && isNew(only, step)) {
    const tracker = new FrameTracker(records);
    tracker.move(to);
    return tracker;
  }
  const own = records.filter((record) => record.isCopy !== true);
  const fresh = own.filter((record) => isNew(record, step));
  const passed = fresh.filter((record) => record.place === 'handover');
  const delivered = fresh.filter((record) => record.place === 'delivered');
  if (passed.length > 0) new FrameTracker(passed).move(to);
  for (const uncounted of [false, true]) markReturned(delivered.filter((one) => isUncounted(one) === uncounted), to, uncounted);
  const taken = passed.length + delivered.length;
  const first = own[0];
  if (first !== undefined && taken < own.length) first.owner.frames.duplicate(first.seq, own.length - taken);
  return new FrameTracker(taken === records.length ? records : [...passed, ...delivered]);
}

/** Whether the step takes the picture for the first time; marks it as taken. */
function isNew(record: FrameRecord, step: object | undefined): boolean {
  if (step === undefined) return true;
  const { takenBy } = record;
  if (takenBy === undefined) record.takenBy = [step];
  else if (takenBy.includes(step)) return false;
  else record.takenBy = [...takenBy, step];
  return true;
}

/**
 * Passes a value on, and ends its handover: pictures that no step of rxcam has taken count as delivered. The observer of an
 * event about them may have unsubscribed: then they are dropped.
 */
export function passOn<T>(value: T, tracker: FrameTracker, subscriber: Subscriber<T>): void {
  if (subscriber.closed) {
    tracker.drop('stopped');
    return;
  }
  subscriber.next(value);
  tracker.endHandover();
}

/** The value for the next step: records that the tracker does not hold become copies, which are not counted. */
export function passedOn<T extends Accounted>(value: T, tracker: FrameTracker): T {
  const records = recordsOf(value);
  if (records === undefined || records.length === tracker.records.length) return value;
  const copied = (record: FrameRecord) => (record.isCopy === true || tracker.records.includes(record) ? record : { ...record, isCopy: true });
  return { ...value, [FRAME_RECORDS]: records.map(copied) };
}

function isUncounted(record: FrameRecord): boolean {
  return record.epoch !== record.owner.epoch;
}

function markReturned(records: FrameRecord[], to: Place, uncounted: boolean): void {
  const first = records[0];
  if (first === undefined) return;
  for (const record of records) {
    record.place = to;
    record.epoch = record.owner.epoch;
  }
  first.owner.frames.returned(first.seq, records.length, to, uncounted, first.isReference === true);
}
