/** What the fake source shows, and what `skipUnchanged` makes of it. */
import { slotOf } from '../../src/comparison.js';
import type { UnchangedStep } from '../../src/plan.js';

export class FakeScene {
  /** Number of the scene: pictures that look alike share it. */
  scene = 0;
  #kept: number | undefined;
  #slot = 0;

  constructor(readonly step: UnchangedStep | undefined) {}

  next(isUnchanged: boolean): void {
    if (!isUnchanged) this.scene++;
  }

  /** Whether the picture at `pts`, which has come to the comparison, is left out. */
  leavesOut(pts: number): boolean {
    if (this.step === undefined) return false;
    const slot = slotOf(pts, this.step.maxGapMs);
    const isLeftOut = slot === this.#slot && this.scene === this.#kept;
    this.#slot = slot;
    if (!isLeftOut) this.#kept = this.scene;
    return isLeftOut;
  }
}
