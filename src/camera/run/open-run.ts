/** Opens a run for one subscription, and runs an attempt. */
import { Observable, defer, repeat } from 'rxjs';
import { Attempt } from './attempt.js';
import type { Run } from './run.js';
import type { EncodedFrame, Frame } from '../../core/frame/frame.js';
import type { OpenRun, Plan } from '../../core/plan/plan.js';

/** Opens a run for one subscription. */
export function openRun(run: Run): OpenRun {
  return { values: (plan) => attemptValues(run, plan), close: run.open() };
}

/**
 * The values of one attempt, in which a file with `loop` is repeated. The error that ends it is linked to the run, so that `retry`
 * continues that run.
 */
function attemptValues(run: Run, plan: Plan): Observable<Frame | EncodedFrame> {
  return defer(() => {
    const number = run.startAttempt();
    run.emit({ type: 'connecting', attempt: number, address: run.hub.facts.address });
    const pass$ = new Observable<Frame | EncodedFrame>((subscriber) => { new Attempt(run, plan, subscriber, number).start(); });
    return run.hub.facts.loop ? pass$.pipe(repeat()) : pass$;
  });
}
