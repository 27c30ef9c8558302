/** Counts of `verify` by verdict. */

/** Messages by verdict, and missing messages by cause. */
export interface VerdictCounts {
  /** Messages that arrived for the first time, as they were sent; includes those that can't be decoded. */
  readonly whole: number;
  /** Messages that arrived before. */
  readonly repeated: number;
  /** Messages whose bytes are not those that were sent. */
  readonly torn: number;
  /** Messages from a machine that no longer had the camera. */
  readonly fenced: number;
  /** Whole messages without the pictures that they depend on. */
  readonly undecodable: number;
  /** Gaps. `dropped`, `lost` and `expired` count the missing messages in them. */
  readonly gaps: number;
  /** Missing messages that the sender dropped. */
  readonly dropped: number;
  /** Missing messages that were lost on the way. */
  readonly lost: number;
  /** Missing messages that the broker removed before they were read. */
  readonly expired: number;
  /** Gaps at which another worker of a fleet took a camera from one that no longer answered. */
  readonly takeovers: number;
}
