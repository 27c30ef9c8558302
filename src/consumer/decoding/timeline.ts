/** Media time for a decoder or a muxer: unique for each access unit, and in the order of the pictures, across restarts of the sender. */

/** Time from the last picture before a restart to the first after it: longer than the reordering of B-frames; µs. */
const RESTART_DISTANCE_US = 1_000_000;

export class Timeline {
  #shiftUs = 0;
  #latest = -1;
  readonly #recent = new Set<number>();

  /**
   * The time of an access unit, in µs. A keyframe that is not later than all earlier units shows that the sender's time has restarted:
   * from then on, times are shifted to follow the earlier ones. (No picture after a keyframe is shown before one that precedes it.)
   * @param pts - media time from the message, µs
   */
  at(pts: number, isKeyframe: boolean): number {
    if (isKeyframe) {
      if (pts + this.#shiftUs <= this.#latest) this.#shiftUs = this.#latest + RESTART_DISTANCE_US - pts;
      this.#recent.clear();
    }
    let time = Math.max(0, pts + this.#shiftUs);
    while (this.#recent.has(time)) time++;
    this.#recent.add(time);
    this.#latest = Math.max(this.#latest, time);
    return time;
  }
}
