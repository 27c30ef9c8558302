/** The summary at the end of a reading. */
import type { VerifyStats } from '../../../../operators/index.js';
import type { ReceptionStats } from '../../../broker/index.js';

/** The counts of a reading. */
export interface ReadSummary {
  readonly received: number;
  readonly bytes: number;
  readonly expired: number;
  readonly failures: number;
  /** The counts of `verify`. `missing`: dropped, lost and expired messages, except those that arrived late. */
  readonly verdicts?: VerifyStats & { readonly missing: number };
}

export function readSummaryOf({ received, bytes, expired, failures }: ReceptionStats, verdicts: VerifyStats | undefined): ReadSummary {
  const sums = { received, bytes, expired, failures };
  if (verdicts === undefined) return sums;
  const { dropped, lost, expired: gone, late } = verdicts;
  return { ...sums, verdicts: { ...verdicts, missing: Math.max(0, dropped + lost + gone - late) } };
}
