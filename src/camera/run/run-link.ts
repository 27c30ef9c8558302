/** Links an error to the run that it ended, so that `retry` continues that run. */
import type { Observable } from 'rxjs';
import type { EventBody } from '../../core/events.js';

/** The interface of a run to `retry`. */
export interface RetriedRun {
  /** Number of subscriptions that have opened it. */
  readonly opening: number;
  /** Number of attempts so far. */
  readonly attempts: number;
  /** `flowedMs`: time for which frames have arrived without a break, in ms. */
  readonly flow: { readonly flowedMs: number };
  /** Emits when the user ends the wait before the next attempt. */
  readonly retryNow$: Observable<void>;
  emit(body: EventBody): void;
  /** Called when a retry begins to wait: no other subscription may continue this run. */
  startWaiting(): void;
  /** Called when the wait is over: the next subscription to the camera gets this run. The returned function undoes the claim if it is unused. */
  claim(): () => void;
  /** Called if the retry was unsubscribed while it waited, or could not subscribe again. */
  abandon(): void;
}

/** The value of the property that links an error. */
interface Link { readonly run: RetriedRun; readonly opening: number }

const RUN: unique symbol = Symbol.for('rxcam.run') as never;

/**
 * Records the run that an error ended.
 * @param opening - the number of the subscription that failed: another one may continue the run while the error waits for earlier frames
 *   to leave an encoder
 */
export function linkRun(error: Error, run: RetriedRun, opening: number): void {
  Object.defineProperty(error, RUN, { value: { run, opening } satisfies Link });
}

/** The run that an error ended, unless another subscription has continued it. */
export function runOf(error: unknown): RetriedRun | undefined {
  const link = error instanceof Error ? (error as { [RUN]?: Link })[RUN] : undefined;
  return link !== undefined && link.run.opening === link.opening ? link.run : undefined;
}
