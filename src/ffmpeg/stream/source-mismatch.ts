/**
 * Runs a command before the source is open, and another one if the source turns out to be different. A command assumes the
 * last description of the source, which suits most; its pictures are emitted only when that is certain.
 */
import { type Observable, BehaviorSubject, catchError, concat, defer, filter, ignoreElements, of, take, throwError } from 'rxjs';
import type { EngineContext, EngineEvent } from '../../core/engine/engine.js';

/** The source differs from what the command assumes; the facts are remembered. */
export class SourceMismatch extends Error {}

/** Once for each of: the order of the streams, their description, the rate of the pictures. */
const TRIES = 3;

export const PROGRESS: EngineEvent = { type: 'progress' };

/**
 * Runs a command, and another one after each `SourceMismatch`, when the processes of the one before have ended.
 * @param run - `mayChange` is false for the last try: a source that changes every time is then read as it is
 */
export function retryOnMismatch(
  context: EngineContext, run: (context: EngineContext, mayChange: boolean) => Observable<EngineEvent>, triesLeft = TRIES,
): Observable<EngineEvent> {
  return defer(() => {
    const { counted, gone$ } = counting(context);
    return run(counted, triesLeft > 0).pipe(catchError((error: unknown) => (
      error instanceof SourceMismatch ? concat(gone$, of(PROGRESS), retryOnMismatch(context, run, triesLeft - 1)) : throwError(() => error)
    )));
  });
}

/** The same context, and an Observable that completes as soon as none of its processes is left. */
function counting(context: EngineContext): { counted: EngineContext; gone$: Observable<never> } {
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
