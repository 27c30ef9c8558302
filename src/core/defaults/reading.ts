/** Defaults for reading topics, with their units and reasons. */

/** Reading a topic. */
export const SUBSCRIBE = {
  /** Like a live camera: older messages are read only on request. */
  from: 'latest',
  /** Maximum number of messages that are read and not emitted yet. */
  maxMessages: 1_000,
  /** Maximum bytes of these messages. */
  maxBytes: 16 * 1024 * 1024,
  /** A message is acknowledged when it is emitted; `deliver` acknowledges it when the work is done. */
  acknowledge: 'auto',
} as const;

/** Recordings; ms. */
export const RECORD = {
  /** Length of a file: short enough to look through, long enough that a day does not need thousands. */
  every: 600_000,
  /** Two pictures further apart than this go into two files, because an MP4 can't hold a gap. */
  gapMs: 5_000,
  hls: false,
} as const;

/** A clip from a broker. */
export const CLIP = {
  /** How far to search back for the keyframe before the beginning, one distance after the other; ms. The last is a camera's longest GOP. */
  lookBackMs: [2_000, 10_000, 60_000, 600_000],
  /** Longest time from a picture to its message on the broker; ms. */
  latenessMs: 60_000,
} as const;
