/** When and how a plan is tried again after a failure. */
import type { ObservableInput } from 'rxjs';

/** A `retry`, its options checked and filled in; times in ms. */
export interface ReconnectPolicy {
  readonly initial: number;
  readonly max: number;
  readonly factor: number;
  readonly jitter: number;
  readonly stableAfter: number;
  readonly random: () => number;
  readonly retryOn?: (error: unknown) => boolean;
  readonly delay?: (error: unknown, attempt: number) => number | ObservableInput<unknown>;
}
