/** Durations of a camera's last picture and last message, in ms; 0 before the first. */
export interface LastTimes {
  /** From one picture to the next. */
  readonly readMs: number;
  /** From the request to its acknowledgement. */
  readonly writeMs: number;
  /** From decoding to the end of encoding. */
  readonly processMs: number;
}
