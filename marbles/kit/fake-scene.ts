/** The scenes of the fake source, and their comparison by `skipUnchanged`. */
import { type ChangeRule, timeSlotOf } from '../../src/core/pictures/change-detector.js';

export class FakeScene {
  /** Number of the scene: pictures that look alike have the same. */
  scene = 0;
  #kept: number | undefined;
  #slot = 0;

  constructor(readonly rule: ChangeRule | undefined) {}

  next(isUnchanged: boolean): void {
    if (!isUnchanged) this.scene++;
  }

  /** Whether the picture at `pts` is left out; called for each compared picture. */
  leavesOut(pts: number): boolean {
    if (this.rule === undefined) return false;
    const slot = timeSlotOf(pts, this.rule.maxGapMs);
    const isLeftOut = slot === this.#slot && this.scene === this.#kept;
    this.#slot = slot;
    if (!isLeftOut) this.#kept = this.scene;
    return isLeftOut;
  }
}
