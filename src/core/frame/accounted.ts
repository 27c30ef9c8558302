/** What ties a value to the ledger: opaque here, read by the ledger alone. */

/** Under which values carry their records; global, so that a second copy of rxcam does no harm. */
export const FRAME_RECORDS: unique symbol = Symbol.for('rxcam.records') as never;

/** The record of one picture, as a value sees it. */
export interface RecordRef {
  /** Number of the picture in its run, from 1. */
  readonly seq: number;
}

/** What a value owes to the ledger: enumerable, so that `{ ...frame }` in a user's `map` keeps its record. */
export interface Accounted {
  readonly [FRAME_RECORDS]?: readonly RecordRef[];
}
