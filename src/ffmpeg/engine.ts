/** The engine that runs plans for real: finds ffmpeg, chooses the encoder, prepares the source, runs one process. */
import { EMPTY, type Observable, concat, of, switchMap } from 'rxjs';
import type { Engine, EngineContext, EngineEvent } from '../engine.js';
import { type Plan, encodeStep } from '../plan.js';
import { capture } from './capture.js';
import { cameraArguments, feedArguments } from './command.js';
import { software } from './encoder/index.js';
import type { FfmpegFacts } from '../ffmpeg-facts.js';
import { runFeed } from './feed.js';
import { findFfmpeg } from './find.js';
import { type Chosen, chooseEncoder } from './probe.js';

const PROGRESS: EngineEvent = { type: 'progress' };
const CONNECTED: EngineEvent = { type: 'connected' };

/** Runs a plan in one ffmpeg process. */
export const ffmpegEngine: Engine = (plan, context) => {
  const step = encodeStep(plan);
  const chosen$ = (facts: FfmpegFacts): Observable<Chosen | undefined> => (step === undefined ? of(undefined) : chooseEncoder(step, facts));
  return findFfmpeg(step === undefined ? [] : [software(step).name]).pipe(
    switchMap((facts) => chosen$(facts).pipe(
      switchMap((chosen) => concat(of(PROGRESS), announced(chosen), run(plan, context, facts, chosen))),
    )),
  );
};

function announced(chosen: Chosen | undefined): Observable<EngineEvent> {
  if (chosen === undefined) return EMPTY;
  const { encoder, reason } = chosen;
  return of({ type: 'encoder', encoder: encoder.name, hardware: encoder.hardware !== undefined, reason });
}

function run(plan: Plan, context: EngineContext, facts: FfmpegFacts, chosen: Chosen | undefined): Observable<EngineEvent> {
  const encoder = chosen?.encoder;
  const { origin } = plan;
  const { feed } = context;
  if (feed !== undefined) {
    return runFeed(facts.path, feedArguments(plan, feed.format, encoder, facts), feed, encoder?.codec ?? feed.format.pixelFormat, context);
  }
  if (origin.kind !== 'camera') throw new Error('a plan on frames needs a feed');
  const { source, pixelFormat } = origin;
  return source.prepare(facts).pipe(switchMap((step): Observable<EngineEvent> => {
    if (step.type === 'progress') return of(PROGRESS);
    const { script, warning, answered = false, paced = false } = step.input;
    const args = cameraArguments(plan, step.input, encoder, facts, context.resume);
    const warnings: EngineEvent[] = warning === undefined ? [] : [{ type: 'warning', message: warning }];
    const options = { path: facts.path, args, script, answered, inBulk: !source.live && !paced, source, format: encoder?.codec ?? pixelFormat };
    return concat(of(answered ? CONNECTED : PROGRESS, ...warnings), capture(options, context));
  }));
}
