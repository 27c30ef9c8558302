/** The engine that runs plans for real: prepares a launch, then runs ffmpeg. */
import { type Observable, of, switchMap, tap } from 'rxjs';
import type { Engine, EngineEvent } from '../../core/engine/engine.js';
import { isRxcamError } from '../../core/errors/errors.js';
import { isCopied } from '../../core/plan/plan.js';
import { checkAgain } from '../binary/index.js';
import { acceptsCopied } from './copied.js';
import { runFeed } from './feed.js';
import { type FeedLaunch, type SourceLaunch, isReused, prepareLaunch } from './launch.js';
import { runReuse } from './reuse.js';
import { runCopy, runDecode } from './source-run.js';
import { checkWritten } from './written.js';

/** Failures after which the remembered facts of a binary are checked again. */
const DOUBTFUL: ReadonlySet<string> = new Set(['CAPTURE_CRASHED', 'ENCODER_FAILED']);

/** Runs a plan in one ffmpeg process. */
export const ffmpegEngine: Engine = (plan, context) => prepareLaunch(plan, context).pipe(
  switchMap((one) => (one.type === 'launch' ? launched(one) : of(one))),
);

function launched(launch: SourceLaunch | FeedLaunch): Observable<EngineEvent> {
  return run(launch).pipe(checkWritten(launch.plan, 'feed' in launch ? launch.feed.format : undefined), tap({
    error: (error: unknown) => { if (isRxcamError(error) && DOUBTFUL.has(error.code)) checkAgain(launch.facts); },
  }));
}

function run(launch: SourceLaunch | FeedLaunch): Observable<EngineEvent> {
  if ('feed' in launch) return runFeed(launch);
  if (isCopied(launch.plan)) return runCopy(launch, acceptsCopied);
  return isReused(launch.plan) ? runReuse(launch) : runDecode(launch);
}
