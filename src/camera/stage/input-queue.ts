/** Frames from user code that wait for a child. */
import { type FrameTracker, recordsOf, passedOn } from '../../ledger/index.js';
import { STAGE } from '../../core/defaults/limits.js';
import type { DropCause } from '../../core/events.js';
import type { Frame } from '../../core/frame/frame.js';
import { type SkipRule, rateAfter } from '../../core/pictures/skip.js';
import type { Kept } from '../output/index.js';

/** A picture with its record; `similarity` is set on an unchanged one, which only a reference represents from here. */
export interface Fed { readonly frame: Frame; readonly tracker: FrameTracker; readonly similarity: number | undefined }

export class InputQueue {
  readonly #frames: Fed[] = [];

  get first(): Fed | undefined { return this.#frames[0]; }

  push(fed: Fed): void {
    this.#frames.push(fed);
  }

  shift(): void {
    this.#frames.shift();
  }

  /**
   * Stops a source that can wait while frames wait here; for a live one, drops the oldest frames, each with its references.
   * @returns whether any were dropped
   */
  relieve(pressure: FrameTracker['pressure'], holder: object): boolean {
    if (pressure?.waits === true) {
      if (this.#frames.length > STAGE.pauseAbove) pressure.block(holder);
      return false;
    }
    const isTooMany = pressure !== undefined && this.#frames.length > STAGE.maxWaiting;
    if (isTooMany) do this.#drop(); while (this.#frames.length > STAGE.maxWaiting || this.first?.similarity !== undefined);
    return isTooMany;
  }

  dropAll(cause: DropCause): void {
    for (const { tracker } of this.#frames.splice(0)) tracker.drop(cause);
  }

  #drop(): void {
    this.#frames.shift()?.tracker.drop('stdin');
  }
}

/** The frame as a kept picture, with the facts for its value. */
export function keptPicture({ frame, tracker }: Fed, rules: readonly SkipRule[]): Kept {
  const records = recordsOf(passedOn(frame, tracker)) ?? [];
  const { camera, run, seq, pts, capturedAt, source } = frame;
  return { tracker, records, origin: { camera, run, seq, pts, capturedAt, source, fps: fpsAfter(frame, rules).fps } };
}

/** Pictures a second that the rules leave of a frame's own rate. */
export function fpsAfter({ fps, source }: Frame, rules: readonly SkipRule[]): Pick<Frame, 'fps'> {
  const left = rateAfter(rules, fps ?? source?.fps);
  return left === undefined ? {} : { fps: left };
}
