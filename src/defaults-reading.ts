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
