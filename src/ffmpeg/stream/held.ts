/** Waits until the processes of one part of a run have ended, before the next part starts its own. */
import { BehaviorSubject, type Observable, filter, ignoreElements, take } from 'rxjs';
import type { EngineContext } from '../../core/engine/engine.js';

/** The same context, and an Observable that completes as soon as none of its processes is left. */
export function held(context: EngineContext): { context: EngineContext; gone$: Observable<never> } {
  const running = new BehaviorSubject(0);
  const hold = () => {
    const release = context.hold();
    running.next(running.value + 1);
    return () => {
      release();
      running.next(running.value - 1);
    };
  };
  return { context: { ...context, hold }, gone$: running.pipe(filter((count) => count === 0), take(1), ignoreElements()) };
}
