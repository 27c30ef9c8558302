/** Durations of a camera's last picture and last message, in ms; 0 before the first. */
export interface LastTimes {
  /** Time from one picture to the next. */
  readonly readMs: number;
  /** Time from the request to its acknowledgement. */
  readonly writeMs: number;
  /** Time from decoding to the end of encoding. */
  readonly processMs: number;
}
