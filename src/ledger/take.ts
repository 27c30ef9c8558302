/** Takes values into a step of rxcam, and prepares them for the next step or for user code. */
import type { Subscriber } from 'rxjs';
import { type FrameRecord, recordsOf } from './frame-record.js';
import { FRAME_RECORDS, type Accounted } from '../core/frame/accounted.js';
import type { Place } from '../core/events.js';
import { FrameTracker } from './frame-tracker.js';

/**
 * Takes a value into a step of rxcam, from the step before it or back from user code.
 * @param to - the place of its pictures in the step
 * @param step - the step: a picture that reaches it again is a duplicate; undefined if the picture's place shows that
 */
export function take(value: Accounted, to: Place, step?: object): FrameTracker {
  const records = recordsOf(value) ?? [];
  const single = records[0];
  if (records.length === 1 && single?.place === 'handover' && single.isCopy !== true && isNew(single, step)) {
    const tracker = new FrameTracker(records);
    tracker.move(to);
    return tracker;
  }
  const originals = records.filter((record) => record.isCopy !== true);
  const newOnes = originals.filter((record) => isNew(record, step));
  const handedOver = newOnes.filter((record) => record.place === 'handover');
  const delivered = newOnes.filter((record) => record.place === 'delivered');
  if (handedOver.length > 0) new FrameTracker(handedOver).move(to);
  for (const uncounted of [false, true]) markReturned(delivered.filter((one) => isUncounted(one) === uncounted), to, uncounted);
  const taken = handedOver.length + delivered.length;
  const first = originals[0];
  if (first !== undefined && taken < originals.length) first.owner.frames.duplicate(first.seq, originals.length - taken);
  return new FrameTracker(taken === records.length ? records : [...handedOver, ...delivered]);
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

/** The value for the next step. Records that the tracker does not hold become copies, which are not counted. */
export function passedOn<T extends Accounted>(value: T, tracker: FrameTracker): T {
  const records = recordsOf(value);
  if (records === undefined || records.length === tracker.records.length) return value;
  const copied = (record: FrameRecord) => (record.isCopy === true || tracker.records.includes(record) ? record : { ...record, isCopy: true });
  return { ...value, [FRAME_RECORDS]: records.map(copied) };
}

/** Whether the picture was delivered before the last reset. */
function isUncounted(record: FrameRecord): boolean {
  return record.epoch !== record.owner.epoch;
}

/** Reports pictures that user code has passed back to a step. */
function markReturned(records: FrameRecord[], to: Place, uncounted: boolean): void {
  const first = records[0];
  if (first === undefined) return;
  for (const record of records) {
    record.place = to;
    record.epoch = record.owner.epoch;
  }
  first.owner.frames.returned(first.seq, records.length, to, uncounted, first.isReference === true);
}
