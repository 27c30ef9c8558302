/**
 * How far a source that can wait (a file) has been read, over the attempts of a run. Pictures that are in the encoder when a
 * capture fails are read again, so that no picture of a file is lost; those that had left the encoder are not.
 */
import { type FrameRecord, FrameTracker } from '../../ledger/index.js';
import { RESUME_TOLERANCE_US, type ResumePoint } from '../../core/engine/engine.js';
import type { DropCause } from '../../core/events.js';

/** A picture that was decoded and kept, and has not left the encoder. */
export interface PendingPicture {
  /** Media time in µs. */
  readonly pts: number;
  readonly record: FrameRecord;
  /** Wall clock in ms since 1970. */
  readonly capturedAt: number;
  /** The point from which the file must be read to decode it again; undefined for the start. */
  readonly resumeFrom: ResumePoint | undefined;
}

export class ResumePosition {
  /** The point at which the next attempt resumes; undefined for the start. */
  point: ResumePoint | undefined;
  /** `capturedAt` of the last keyframe before that point. */
  keyframeAt: number | undefined;
  /** The point after the last picture that any attempt has decoded. */
  #reached: ResumePoint | undefined;
  /** Pictures to read again, in order. */
  #lost: readonly PendingPicture[] = [];

  /** Called for each picture that is decoded for the first time, with the point after it. */
  reach(point: ResumePoint): void {
    this.#reached = point;
  }

  /** Whether an earlier attempt has decoded a picture, and it is not needed again. */
  isSettled(pts: number): boolean {
    return isUpTo(this.point, pts);
  }

  /** Whether an earlier attempt has decoded a picture. */
  isRepeat(pts: number): boolean {
    return isUpTo(this.#reached, pts);
  }

  /** Removes and returns the next lost picture, which has been read again; with `pts`, only one at that time, because others were unchanged. */
  takeLost(pts?: number): PendingPicture | undefined {
    const [next, ...rest] = this.#lost;
    if (pts !== undefined && next !== undefined && next.pts > pts + RESUME_TOLERANCE_US) return undefined;
    this.#lost = rest;
    return next;
  }

  /** Called when a capture has failed at `point` with these pictures in the encoder: the next attempt reads them again. */
  keepForResume(point: ResumePoint | undefined, pending: Iterable<PendingPicture>): void {
    const inside = [...pending];
    this.point = inside.length === 0 ? point : inside[0]?.resumeFrom;
    this.#lost = [...inside, ...this.#lost];
  }

  /** Called if no attempt follows: the pictures in the encoder are lost, and a later subscription resumes after them. */
  abandonLost(cause: DropCause): void {
    for (const { record } of this.#lost) new FrameTracker([record]).drop(cause);
    this.#lost = [];
    this.point = this.#reached;
  }

  /** Called when the file was read to its end, or reading was stopped: the next attempt begins at the start. */
  clear(cause: DropCause): void {
    this.abandonLost(cause);
    this.point = undefined;
    this.#reached = undefined;
  }
}

function isUpTo(point: ResumePoint | undefined, pts: number): boolean {
  return point !== undefined && pts <= point.afterPts + RESUME_TOLERANCE_US;
}
