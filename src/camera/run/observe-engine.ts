/** Runs an engine under a watchdog, and reports its pauses. */
import { Observable, type Subscription, defer, takeWhile, tap } from 'rxjs';
import { mono } from '../../core/clock.js';
import type { EngineContext, EngineEvent, ResumePoint } from '../../core/engine/engine.js';
import { Watchdog } from './watchdog.js';
import type { Run } from './run.js';

/** Receives the engine's events; `now` is monotonic time in ms. An error thrown by `next` ends the engine, like an error of the engine. */
export interface EngineObserver {
  next(event: EngineEvent, now: number): void;
  error(error: unknown): void;
  complete(): void;
}

/**
 * Runs the engine, passes each event to `observer`, then to a watchdog; errors if the engine fails or the watchdog finds the source lost.
 * @param work - unsubscribing from it ends the engine, also while the engine emits synchronously
 */
export function observeEngine(
  work: Subscription, run: Run, engine: (context: EngineContext) => Observable<EngineEvent>, resume: ResumePoint | undefined,
  observer: EngineObserver,
): void {
  let isOver = false;
  const end = (report: () => void) => {
    if (isOver) return;
    isOver = true;
    watchdog.stop();
    report();
  };
  const watchdog = new Watchdog(run.hub.facts.liveness, {
    readFailed: (inRow, reason) => { run.readFailed(inRow, reason); },
    lost: (error) => { end(() => { observer.error(error); }); },
  });
  const handle = (event: EngineEvent) => {
    const now = mono();
    observer.next(event, now);
    if (event.type === 'captured') watchdog.captured(event.pts, now);
    else if (event.type !== 'output') watchdog.handle(event);
  };
  const paused$ = run.pressure.waits ? run.paused$ : NEVER_PAUSED;
  const context: EngineContext = {
    camera: run.camera,
    process: run.process,
    hold: () => run.hold(),
    paused$: paused$.pipe(tap(reportPauses(run))),
    ...(resume && { resume }),
  };
  work.add(() => {
    isOver = true;
    watchdog.stop();
  });
  watchdog.start(paused$);
  work.add(defer(() => engine(context)).pipe(takeWhile(() => !isOver)).subscribe({
    next: (event) => {
      try {
        handle(event);
      } catch (error) {
        end(() => { observer.error(error); });
      }
    },
    error: (error: unknown) => { end(() => { observer.error(error); }); },
    complete: () => { end(() => { observer.complete(); }); },
  }));
}

/** Returns a function that emits an event for each pause and its end; reading starts without a pause. */
function reportPauses(run: Run): (paused: boolean) => void {
  let wasPaused = false;
  return (paused) => {
    if (paused !== wasPaused) run.emit({ type: paused ? 'paused' : 'resumed' });
    wasPaused = paused;
  };
}

const NEVER_PAUSED = new Observable<boolean>((subscriber) => { subscriber.next(false); });
