/** Executes a plan: runs a camera's attempts, or a stage on frames, and reconnects as the plan states. */
import { type Observable, defer, finalize } from 'rxjs';
import type { EncodedFrame, Frame } from '../core/frame/frame.js';
import type { CameraOrigin, Plan } from '../core/plan/plan.js';
import { reconnect } from './run/index.js';
import { stageValues } from './stage/index.js';

/** The values of one subscription to a plan. */
export function execute(plan: Plan): Observable<Frame | EncodedFrame> {
  const { origin } = plan;
  const once$ = origin.kind === 'camera' ? cameraValues(plan, origin) : stageValues(plan, origin);
  return plan.reconnect === undefined ? once$ : once$.pipe(reconnect(plan.reconnect));
}

function cameraValues(plan: Plan, origin: CameraOrigin): Observable<Frame | EncodedFrame> {
  return defer(() => {
    const run = origin.openRun();
    return run.values(plan).pipe(finalize(() => { run.close(); }));
  });
}
