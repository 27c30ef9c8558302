/** Ties a value to the ledger: opaque here, only the ledger reads it. */

/** Key of a value's records; global, so that several copies of rxcam share it. */
export const FRAME_RECORDS: unique symbol = Symbol.for('rxcam.records') as never;

/** The record of one picture, as a value sees it. */
export interface RecordRef {
  /** Number of the picture in its run, from 1. */
  readonly seq: number;
}

/** A value with records in the ledger: enumerable, so that `{ ...frame }` in a user's `map` keeps them. */
export interface Accounted {
  readonly [FRAME_RECORDS]?: readonly RecordRef[];
}
