/** What ties a value to the ledger: opaque here, read by the ledger alone. */

/** Under which values carry their accounts; global, so that a second copy of rxcam does no harm. */
export const ACCOUNTS: unique symbol = Symbol.for('rxcam.accounts') as never;

/** The account of one picture, as a value sees it. */
export interface AccountRef {
  /** Number of the picture in its run, from 1. */
  readonly seq: number;
}

/** What a value owes to the ledger: enumerable, so that `{ ...frame }` in a user's `map` keeps its account. */
export interface Accounted {
  readonly [ACCOUNTS]?: readonly AccountRef[];
}
