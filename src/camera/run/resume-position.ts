/**
 * How far a source that can wait (a file) has been read, over the attempts of a run. Pictures that are in the encoder when a
 * capture fails are read again, so that nothing of a file is lost; those that had left it are not.
 */
import { type FrameRecord, FrameTracker } from '../../ledger/index.js';
import { RESUME_TOLERANCE_US, type ResumePoint } from '../../core/engine/engine.js';
import type { DropCause } from '../../core/events.js';

/** A picture that was decoded and kept, and has not left the encoder. */
export interface Pending {
  /** Media time in µs. */
  readonly pts: number;
  readonly record: FrameRecord;
  /** Wall clock in ms since 1970. */
  readonly capturedAt: number;
  /** The point from which it is read again; undefined for the start. */
  readonly before: ResumePoint | undefined;
}

export class ResumePosition {
  /** The point at which the next attempt resumes; undefined for the start. */
  point: ResumePoint | undefined;
  /** `capturedAt` of the last keyframe before that. */
  keyframeAt: number | undefined;
  /** The point after the last picture that any attempt has decoded. */
  #reached: ResumePoint | undefined;
  /** Pictures to be read again, in order. */
  #lost: readonly Pending[] = [];

  /** A picture was decoded for the first time. */
  reach(point: ResumePoint): void {
    this.#reached = point;
  }

  /** Whether a picture was decoded by an earlier attempt, and is not needed again. */
  isSettled(pts: number): boolean {
    return isUpTo(this.point, pts);
  }

  /** Whether a picture was decoded by an earlier attempt. */
  isRepeat(pts: number): boolean {
    return isUpTo(this.#reached, pts);
  }

  /** The next lost picture, which has been read again; with `pts` only the one at that time: others were found unchanged. */
  takeUp(pts?: number): Pending | undefined {
    const [next, ...rest] = this.#lost;
    if (pts !== undefined && next !== undefined && next.pts > pts + RESUME_TOLERANCE_US) return undefined;
    this.#lost = rest;
    return next;
  }

  /** The capture failed at `point`, with these pictures in the encoder. */
  leave(point: ResumePoint | undefined, pending: Iterable<Pending>): void {
    const inside = [...pending];
    this.point = inside.length === 0 ? point : inside[0]?.before;
    this.#lost = [...inside, ...this.#lost];
  }

  /** No attempt follows now: pictures in the encoder are lost, and a later attempt resumes after them. */
  giveUp(cause: DropCause): void {
    for (const { record } of this.#lost) new FrameTracker([record]).drop(cause);
    this.#lost = [];
    this.point = this.#reached;
  }

  /** The file was read to its end, or reading stopped: the next attempt begins at the start. */
  clear(cause: DropCause): void {
    this.giveUp(cause);
    this.point = undefined;
    this.#reached = undefined;
  }
}

function isUpTo(point: ResumePoint | undefined, pts: number): boolean {
  return point !== undefined && pts <= point.afterPts + RESUME_TOLERANCE_US;
}
