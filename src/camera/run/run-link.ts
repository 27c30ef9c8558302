/** Ties an error to the run that it ended, so that `retry` continues that run. */
import type { Observable } from 'rxjs';
import type { EventBody } from '../../core/events.js';

/** A run, as `retry` sees it. */
export interface RetriedRun {
  /** Counts the subscriptions that have opened it. */
  readonly opening: number;
  readonly attempts: number;
  /** How long frames had arrived without a break when the last one arrived, in ms. */
  readonly flow: { readonly flowedMs: number };
  /** Emits when the wait before the next attempt ends early. */
  readonly retryNow$: Observable<void>;
  emit(body: EventBody): void;
  /** A retry waits to subscribe again: no other subscription may continue this run. */
  wait(): void;
  /** The wait is over: the next subscription to the camera gets this run. The returned function undoes the claim if it is unused. */
  claim(): () => void;
  /** The retry was unsubscribed while it waited, or could not subscribe again. */
  abandon(): void;
}

interface Link { readonly run: RetriedRun; readonly opening: number }

const RUN: unique symbol = Symbol.for('rxcam.run') as never;

/**
 * Records which run an error ended.
 * @param opening - the one that failed: while an error waits for earlier frames to leave an encoder, another subscription
 *   may have continued the run
 */
export function linkRun(error: Error, run: RetriedRun, opening: number): void {
  Object.defineProperty(error, RUN, { value: { run, opening } satisfies Link });
}

/** The run that an error ended, unless another subscription has continued it. */
export function runOf(error: unknown): RetriedRun | undefined {
  const link = error instanceof Error ? (error as { [RUN]?: Link })[RUN] : undefined;
  return link !== undefined && link.run.opening === link.opening ? link.run : undefined;
}
