/** Frames from user code that wait for a child. */
import { type FrameTracker, recordsOf, passedOn } from '../../ledger/index.js';
import { STAGE } from '../../core/defaults/limits.js';
import type { DropCause } from '../../core/events.js';
import type { Frame } from '../../core/frame/frame.js';
import { type SkipRule, rateAfter } from '../../core/pictures/skip.js';
import type { KeptPicture } from '../output/index.js';

/** A frame with its tracker. `similarity` is set for an unchanged one, which a reference replaces. */
export interface StagePicture { readonly frame: Frame; readonly tracker: FrameTracker; readonly similarity: number | undefined }

export class InputQueue {
  readonly #frames: StagePicture[] = [];

  get first(): StagePicture | undefined { return this.#frames[0]; }

  push(picture: StagePicture): void {
    this.#frames.push(picture);
  }

  shift(): void {
    this.#frames.shift();
  }

  /**
   * Limits the queue: pauses a source that can wait, or drops the oldest frames of a live one, each with its references.
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
export function keptPicture({ frame, tracker }: StagePicture, rules: readonly SkipRule[]): KeptPicture {
  const records = recordsOf(passedOn(frame, tracker)) ?? [];
  const { camera, run, seq, pts, capturedAt, source } = frame;
  return { tracker, records, origin: { camera, run, seq, pts, capturedAt, source, fps: fpsAfter(frame, rules) } };
}

/** Frames per second after the rules, from a frame's own rate; undefined if that is not known. */
export function fpsAfter({ fps, source }: Frame, rules: readonly SkipRule[]): number | undefined {
  return rateAfter(rules, fps ?? source?.fps);
}
