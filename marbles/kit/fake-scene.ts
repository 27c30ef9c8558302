/** What the fake source shows, and what `skipUnchanged` makes of it. */
import { type ChangeRule, timeSlotOf } from '../../src/core/pictures/change-detector.js';

export class FakeScene {
  /** Number of the scene: pictures that look alike share it. */
  scene = 0;
  #kept: number | undefined;
  #slot = 0;

  constructor(readonly rule: ChangeRule | undefined) {}

  next(isUnchanged: boolean): void {
    if (!isUnchanged) this.scene++;
  }

  /** Whether the picture at `pts`, which has come to the comparison, is left out. */
  leavesOut(pts: number): boolean {
    if (this.rule === undefined) return false;
    const slot = timeSlotOf(pts, this.rule.maxGapMs);
    const isLeftOut = slot === this.#slot && this.scene === this.#kept;
    this.#slot = slot;
    if (!isLeftOut) this.#kept = this.scene;
    return isLeftOut;
  }
}
