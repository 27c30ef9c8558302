/** Media time of a file that loops: each pass starts from 0, and the run's time continues. */

/** Time from the last picture of a file to the first of the next pass, if the file has only one picture; µs. */
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

  /** Begins the next pass. @returns false if this one had no picture */
  rewind(): boolean {
    if (this.#lastPts === undefined) return false;
    this.shiftUs += this.#lastPts + this.#frameUs;
    this.#lastPts = undefined;
    return true;
  }
}
