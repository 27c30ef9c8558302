/** Identifies a picture, from the camera to the consumer that decodes it. */

/** Identifies one picture of a camera's run. */
export interface PictureFacts {
  /** Number of the decoded picture in its run, from 1. */
  readonly seq: number;
  /** Media time in µs. */
  readonly pts: number;
  /** Wall clock when it was decoded, in ms since 1970. */
  readonly capturedAt: number;
}
