/** Counts of the ledger, other than drops and places. */

/** Counts of pictures; `messages` alone counts messages. */
export interface Counts {
  /** Decoded. */
  readonly captured: number;
  /** Acknowledged by the broker. */
  readonly published: number;
  /** Received by user code, and not passed back to a step. */
  readonly delivered: number;
  /** Left out by `skipRate` or `skipUnchanged`. */
  readonly skipped: number;
  /** Skipped by `skipRate`; part of `skipped`. */
  readonly thinned: number;
  /** Found unchanged by `skipUnchanged`: skipped, or replaced by a reference to the last full one. */
  readonly diff: number;
  /** References published or delivered; part of `published` and `delivered`. */
  readonly references: number;
  /** Passed to a step by user code again. */
  readonly duplicates: number;
  /** Encoded. */
  readonly encoded: number;
  /** Messages that the broker has acknowledged. */
  readonly messages: number;
  /** Bytes published. */
  readonly bytes: number;
  /** An estimate: for each unchanged picture the bytes of the last access unit before it, less those of its reference. */
  readonly bytesSaved: number;
  /** Attempts after a failure. */
  readonly reconnects: number;
  /** Read windows without a picture, and access units that the decoder rejected. */
  readonly readFailures: number;
}

/** Counts of zero. */
export const NO_COUNTS: Counts = {
  captured: 0, published: 0, delivered: 0, skipped: 0, thinned: 0, diff: 0, references: 0, duplicates: 0, encoded: 0, messages: 0,
  bytes: 0, bytesSaved: 0, reconnects: 0, readFailures: 0,
};

/** Shares of all pictures that were sent or left out, 0 to 1; 0 while there are none. */
export interface Shares {
  /** Sent with their content: acknowledged by the broker, or delivered to your code. */
  readonly fullRate: number;
  /** Thinned out by `skipRate`. */
  readonly skipRate: number;
  /** Found unchanged by `skipUnchanged`. */
  readonly diffRate: number;
}

/** The number of pictures that were sent with their content, the total of those sent and left out, and the shares. */
export function sharesOf(
  { published, delivered, references, thinned, diff }: Pick<Counts, 'published' | 'delivered' | 'references' | 'thinned' | 'diff'>,
): Shares & { readonly full: number; readonly total: number } {
  const full = published + delivered - references;
  const total = full + thinned + diff;
  const share = (part: number) => (total === 0 ? 0 : part / total);
  return { full, total, fullRate: share(full), skipRate: share(thinned), diffRate: share(diff) };
}
