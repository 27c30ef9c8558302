/**
 * The record of one picture: where it is now. Values carry their records under a symbol. Steps of rxcam `take` a value, and move or
 * end its records; user code between steps can ignore them.
 */
import { FRAME_RECORDS, type RecordRef, type Accounted } from '../core/frame/accounted.js';
import type { LastTimes } from '../core/frame/last-times.js';
import type { Engine, ProcessOptions } from '../core/engine/engine.js';
import type { RxcamError } from '../core/errors/errors.js';
import type { EventBody, Place } from '../core/events.js';
import type { FrameEvents } from './frame-events.js';
import type { Numbering } from '../core/frame/numbering.js';

/** Back-pressure on a source that can wait: a step that holds too many frames blocks it, and unblocks it later. */
export interface Pressure {
  /** Whether the source can wait (a file) or continues regardless (a live camera). */
  readonly waits: boolean;
  block(holder: object): void;
  unblock(holder: object): void;
}

/** A run that is kept for a step which still has frames of it: no other subscription continues the run until it is released. */
export interface Reservation {
  /** Called while a process of the step ends: the run's next attempt waits until the returned function is called. */
  hold(): () => void;
  /** Called when the step has failed: `end` ends it. `error` carries the run, so that `retry` continues it and a file resumes where it was. */
  fail(error: RxcamError, end: () => void): void;
  /** Ends the reservation. */
  release(): void;
}

/** The part of a run that the records of its pictures use. */
export interface RecordOwner {
  readonly id: number;
  readonly camera: string;
  readonly pressure: Pressure;
  /** Runs the plans of frames that come from this run. */
  readonly engine: Engine;
  readonly process?: ProcessOptions;
  /** Increases with each reset of the statistics. */
  readonly epoch: number;
  /** Whether a subscription to the run is live. */
  readonly live: boolean;
  /** Numbers the camera's messages 1, 2, 3 …, over reconnects and resets. */
  readonly numbering: Numbering;
  /** Keeps the run for a step. Absent if the run can't be continued. */
  reserve?(): Reservation;
  /** Durations of the last picture and the last message. */
  lastTimes(): LastTimes;
  /** Receives the events of single pictures. */
  readonly frames: FrameEvents;
  /** Emits an event of the run. */
  emit(body: EventBody): void;
}

/** One picture in the ledger. `place` is undefined once its fate is final. */
export interface FrameRecord extends RecordRef {
  readonly owner: RecordOwner;
  /** Monotonic time of decoding, in ms. */
  readonly capturedMono: number;
  place: Place | 'delivered' | undefined;
  /** Epoch of its owner at its last change. */
  epoch: number;
  /** Set if a reference to the last full picture replaces it. */
  isReference?: true;
  /** The steps that have taken it. */
  takenBy?: readonly object[];
  /** Set on a second copy of a picture, which is not counted again. */
  readonly isCopy?: boolean;
}

/** The records of a value; undefined for one that comes from no camera. */
export function recordsOf(value: Accounted): readonly FrameRecord[] | undefined {
  return value[FRAME_RECORDS] as readonly FrameRecord[] | undefined;
}

/** The run that a value belongs to, if it comes from a camera. */
export function ownerOf(value: Accounted): RecordOwner | undefined {
  return recordsOf(value)?.[0]?.owner;
}
