/** Links a value to its records in the ledger. Only the ledger reads their content. */

/** The property in which a value carries its records; a global symbol, so that several copies of rxcam share it. */
export const FRAME_RECORDS: unique symbol = Symbol.for('rxcam.records') as never;

/** The record of one picture, as a value sees it. */
export interface RecordRef {
  /** Number of the picture in its run, from 1. */
  readonly seq: number;
}

/** A value with records in the ledger. The property is enumerable, so `{ ...frame }` in a user's `map` keeps it. */
export interface Accounted {
  readonly [FRAME_RECORDS]?: readonly RecordRef[];
}
