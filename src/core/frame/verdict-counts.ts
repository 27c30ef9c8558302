/** Counts of `verify` by verdict. */

/** Messages by verdict, and missing messages by cause. */
export interface VerdictCounts {
  /** Messages as they were sent, the first time; includes those that can't be decoded. */
  readonly whole: number;
  /** Messages that arrived before. */
  readonly repeated: number;
  /** Messages whose bytes are not those that were sent. */
  readonly torn: number;
  /** Messages of a machine that no longer had the camera. */
  readonly fenced: number;
  /** Whole messages without the pictures that they depend on. */
  readonly undecodable: number;
  /** Gaps. The next three count the missing messages in them, by cause. */
  readonly gaps: number;
  /** Dropped by the sender. */
  readonly dropped: number;
  /** Lost on the way. */
  readonly lost: number;
  /** Removed by the broker before they were read. */
  readonly expired: number;
  /** Gaps at which another worker of a fleet took a camera from one that no longer answered. */
  readonly takeovers: number;
}
