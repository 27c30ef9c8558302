/** Media time of a file that loops: each pass starts from 0, and the run's time continues. */

/** Between the last picture of a file and the first of its next pass, where there is only one; µs. */
const ASSUMED_FRAME_US = 40_000;

export class LoopClock {
  /** Added to the media time of this pass; µs. */
  shiftUs = 0;
  #lastPts: number | undefined;
  #frameUs = ASSUMED_FRAME_US;

  /** A picture of this pass. */
  see(pts: number): void {
    if (this.#lastPts !== undefined && pts > this.#lastPts) this.#frameUs = pts - this.#lastPts;
    this.#lastPts = pts;
  }

  /** The next pass begins. @returns false if this one gave no picture */
  rewind(): boolean {
    if (this.#lastPts === undefined) return false;
    this.shiftUs += this.#lastPts + this.#frameUs;
    this.#lastPts = undefined;
    return true;
  }
}
