/** One running of an engine under watch: whether its source lives, and when it is paused. */
import { Observable, connect, defer, endWith, ignoreElements, merge, takeUntil, tap } from 'rxjs';
import type { EngineContext, EngineEvent, ResumePoint } from '../../core/engine/engine.js';
import { liveness } from './liveness.js';
import type { Run } from './run.js';

/** Runs the engine, hands each event on, and errors when the source must be given up. */
export function watched(
  run: Run, engine: (context: EngineContext) => Observable<EngineEvent>, resume: ResumePoint | undefined, handle: (event: EngineEvent) => void,
): Observable<unknown> {
  return defer(() => {
    const paused$ = run.pressure.waits ? run.paused$ : NEVER_PAUSED;
    const context: EngineContext = {
      camera: run.camera,
      process: run.process,
      hold: () => run.hold(),
      paused$: paused$.pipe(tap(tellPauses(run))),
      ...(resume && { resume }),
    };
    return engine(context).pipe(
      connect((events$) => merge(
        events$.pipe(tap(handle)),
        liveness(events$, paused$, run.hub.facts.liveness).pipe(
          tap(({ inRow, reason }) => { run.readFailed(inRow, reason); }),
          takeUntil(events$.pipe(ignoreElements(), endWith(true))),
        ),
      )),
    );
  });
}

/** Reading is not paused to begin with. */
function tellPauses(run: Run): (paused: boolean) => void {
  let was = false;
  return (paused) => {
    if (paused !== was) run.emit({ type: paused ? 'paused' : 'resumed' });
    was = paused;
  };
}

const NEVER_PAUSED = new Observable<boolean>((subscriber) => { subscriber.next(false); });
