/** Media time for a decoder: unique for each access unit and in the order of the pictures, across restarts of the sender. */

/** Distance of the last picture before a restart and the first after it, longer than the reordering of B-frames; µs. */
const SEAM_US = 1_000_000;

export class Timeline {
  #shift = 0;
  #latest = -1;
  readonly #recent = new Set<number>();

  /**
   * The time of an access unit for the decoder. A keyframe that is not later than all earlier units shows that the sender's time has
   * restarted: from then on, times are shifted to follow the earlier ones. (After a keyframe, no picture is shown before an earlier one.)
   * @param pts - from the message, µs
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
