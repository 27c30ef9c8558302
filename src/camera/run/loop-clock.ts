/** Media time of a file that loops: that of the engine starts from 0 with each pass, that of the run continues. */

/** Time from the last picture of a pass to the first of the next one, if the file has only one picture; µs. */
const ASSUMED_FRAME_US = 40_000;

export class LoopClock {
  /** Added to the media time of this pass; µs. */
  shiftUs = 0;
  #lastPts: number | undefined;
  #frameUs = ASSUMED_FRAME_US;

  /** Called for each picture of this pass, with its media time in µs. */
  addPicture(pts: number): void {
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
