/** What the ledger counts, beside drops and places. */

/** Counts of pictures; `messages` alone counts messages. */
export interface Counts {
  readonly captured: number;
  readonly published: number;
  readonly delivered: number;
  readonly skipped: number;
  /** Of the skipped: those that `skipRate` left out. */
  readonly thinned: number;
  /** Those that `skipUnchanged` found unchanged: skipped, or gone on as a reference to the last full one. */
  readonly diff: number;
  /** Of the published and delivered: those that were such a reference. */
  readonly references: number;
  readonly duplicates: number;
  readonly encoded: number;
  readonly messages: number;
  /** Bytes published. */
  readonly bytes: number;
  /** An estimate: for each unchanged picture the bytes of the last access unit before it, less those of its reference. */
  readonly bytesSaved: number;
  readonly reconnects: number;
  readonly readFailures: number;
}

/** Nothing has happened. */
export const NO_COUNTS: Counts = {
  captured: 0, published: 0, delivered: 0, skipped: 0, thinned: 0, diff: 0, references: 0, duplicates: 0, encoded: 0, messages: 0,
  bytes: 0, bytesSaved: 0, reconnects: 0, readFailures: 0,
};
