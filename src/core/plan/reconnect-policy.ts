/** When and how a plan is tried again after a failure. */
import type { ObservableInput } from 'rxjs';

/** A `retry`, its options checked and filled in. */
export interface ReconnectPolicy {
  readonly initialMs: number;
  readonly maxMs: number;
  readonly factor: number;
  readonly jitter: number;
  readonly stableAfterMs: number;
  readonly random: () => number;
  readonly retryOn?: (error: unknown) => boolean;
  readonly delay?: (error: unknown, attempt: number) => number | ObservableInput<unknown>;
}
