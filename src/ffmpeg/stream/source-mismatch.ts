/**
 * Runs a command before the source is open, and another one if the source turns out to be different. A command assumes the last
 * description of the source, which is usually right; its pictures are emitted only when that is certain.
 */
import { type Observable, BehaviorSubject, catchError, concat, defer, filter, ignoreElements, of, take, throwError } from 'rxjs';
import type { EngineContext, EngineEvent } from '../../core/engine/engine.js';

/** Thrown if the source differs from the assumptions of the command. The new facts are already remembered for the next one. */
export class SourceMismatch extends Error {}

/** One for each of: the order of the streams, their description, the rate of the pictures. */
const MAX_RETRIES = 3;

/** Work continues before the source can answer. */
export const PROGRESS: EngineEvent = { type: 'progress' };

/**
 * Runs a command, and another one after each `SourceMismatch`, as soon as the processes of the earlier one have ended.
 * @param run - `mayChange` is false for the last run: a source that changes every time is then read as it is
 */
export function retryOnMismatch(
  context: EngineContext, run: (context: EngineContext, mayChange: boolean) => Observable<EngineEvent>, retriesLeft = MAX_RETRIES,
): Observable<EngineEvent> {
  return defer(() => {
    const { counted, gone$ } = countProcesses(context);
    return run(counted, retriesLeft > 0).pipe(catchError((error: unknown) => (
      error instanceof SourceMismatch ? concat(gone$, of(PROGRESS), retryOnMismatch(context, run, retriesLeft - 1)) : throwError(() => error)
    )));
  });
}

/** The context with its processes counted, and an Observable that completes as soon as none of them is left. */
function countProcesses(context: EngineContext): { counted: EngineContext; gone$: Observable<never> } {
  const running = new BehaviorSubject(0);
  const hold = () => {
    const release = context.hold();
    running.next(running.value + 1);
    return () => {
      release();
      running.next(running.value - 1);
    };
  };
  return { counted: { ...context, hold }, gone$: running.pipe(filter((count) => count === 0), take(1), ignoreElements()) };
}
