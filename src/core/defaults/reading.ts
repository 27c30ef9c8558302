/** The defaults of what reads topics, with their units and reasons. */

/** Reading a topic. */
export const SUBSCRIBE = {
  /** As a camera: what is there already is asked for. */
  from: 'latest',
  /** Messages that were read and are not handed out yet. */
  maxMessages: 1_000,
  /** Bytes of them. */
  maxBytes: 16 * 1024 * 1024,
  /** A message is taken once it was handed out; `deliver` takes it when it is done. */
  acknowledge: 'auto',
} as const;

/** Recordings; ms. */
export const RECORD = {
  /** Length of a file: small enough to look through, large enough that a day has no thousands. */
  every: 600_000,
  /** Two pictures further apart than this stand in two files: MP4 has one length for all that is between them. */
  gapMs: 5_000,
  hls: false,
} as const;

/** A clip out of a broker. */
export const CLIP = {
  /** How far back the keyframe before the beginning is looked for, one after the other; ms. The last is a camera's longest GOP. */
  lookBackMs: [2_000, 10_000, 60_000, 600_000],
  /** A message is on the broker so long after its picture at most; ms. */
  latenessMs: 60_000,
} as const;
