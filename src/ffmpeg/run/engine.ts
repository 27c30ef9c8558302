/** The engine that runs plans with ffmpeg: prepares a launch, then runs it. */
import { type Observable, of, switchMap, tap } from 'rxjs';
import type { Engine, EngineEvent } from '../../core/engine/engine.js';
import { isRxcamError } from '../../core/errors/errors.js';
import { isCopied } from '../../core/plan/plan.js';
import { checkAgain } from '../binary/index.js';
import { checkCopied } from './copied.js';
import { runFeed } from './raw-feed.js';
import { type FeedLaunch, type SourceLaunch, isReused, prepareLaunch } from './launch.js';
import { runReuse } from './reuse.js';
import { runCopy, runDecode } from './source-run.js';
import { checkUserFilters } from './user-filters.js';

/** Failures that wrong cached facts about a binary may cause: after them, the binary is run again. */
const SUSPICIOUS: ReadonlySet<string> = new Set(['CAPTURE_CRASHED', 'ENCODER_FAILED']);

/** Runs a plan in one ffmpeg process. */
export const ffmpegEngine: Engine = (plan, context) => prepareLaunch(plan, context).pipe(
  switchMap((step) => (step.type === 'launch' ? runChecked(step) : of(step))),
);

function runChecked(launch: SourceLaunch | FeedLaunch): Observable<EngineEvent> {
  return run(launch).pipe(checkUserFilters(launch.plan, 'feed' in launch ? launch.feed.format : undefined), tap({
    error: (error: unknown) => { if (isRxcamError(error) && SUSPICIOUS.has(error.code)) checkAgain(launch.facts); },
  }));
}

function run(launch: SourceLaunch | FeedLaunch): Observable<EngineEvent> {
  if ('feed' in launch) return runFeed(launch);
  if (isCopied(launch.plan)) return runCopy(launch, checkCopied);
  return isReused(launch.plan) ? runReuse(launch) : runDecode(launch);
}
