/** Media time for a decoder: different for each access unit, in the order of the pictures, over new starts of the sender. */

/** Between the last picture before a new start and the first after it; longer than B-frames reach back. µs. */
const SEAM_US = 1_000_000;

export class Timeline {
  #shift = 0;
  #latest = -1;
  readonly #recent = new Set<number>();

  /**
   * The time of an access unit for the decoder. A keyframe that is not later than all before it begins a new count at the
   * sender: what follows is shifted behind them. (No picture after a keyframe is shown before one that stood before it.)
   * @param pts - as the message says it, µs
   */
  at(pts: number, isKeyframe: boolean): number {
    if (isKeyframe) {
      if (pts + this.#shift <= this.#latest) this.#shift = this.#latest + SEAM_US - pts;
      this.#recent.clear();
    }
    let time = Math.max(0, pts + this.#shift);
    while (this.#recent.has(time)) time++;
    this.#recent.add(time);
    this.#latest = Math.max(this.#latest, time);
    return time;
  }
}
