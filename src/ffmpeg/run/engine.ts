/** The engine that runs plans for real: finds ffmpeg, chooses the encoder, prepares the source, runs one process. */
import { type Observable, concat, of, switchMap, tap } from 'rxjs';
import type { Engine, EngineContext, EngineEvent, Feed } from '../../core/engine/engine.js';
import { InvalidOption, isRxcamError } from '../../core/errors/errors.js';
import type { EncodeStep } from '../../core/steps/index.js';
import { COPY, type Plan, encodeStep, isCopied } from '../../core/plan/plan.js';
import { type Chosen, type Encoder, chooseEncoder, expectedOf, feedArguments, shownSize, software } from '../command/index.js';
import { acceptsCopied } from './copied.js';
import type { FfmpegFacts } from '../../core/engine/ffmpeg-facts.js';
import { runFeed } from './feed.js';
import { doubt, findFfmpeg } from '../binary/index.js';
import { reusing } from './reuse.js';
import { PROGRESS } from '../stream/index.js';
import { type SourceJob, copied, decoded, prepared } from './source-run.js';

/** Failures after which the remembered facts of a binary are checked again. */
const DOUBTFUL: ReadonlySet<string> = new Set(['CAPTURE_CRASHED', 'ENCODER_FAILED']);

/** Runs a plan in one ffmpeg process. */
export const ffmpegEngine: Engine = (plan, context) => {
  const step = encodeStep(plan);
  const needed = step === undefined ? [] : [software(step).name];
  return findFfmpeg(needed).pipe(switchMap((facts) => {
    refuseOld(plan, facts, context);
    const found: EngineEvent = { type: 'ffmpeg', path: facts.path, version: facts.version };
    return concat(of(found), run(plan, context, facts)).pipe(tap({
      error: (error: unknown) => { if (isRxcamError(error) && DOUBTFUL.has(error.code)) doubt(facts); },
    }));
  }));
};

/** Vulnerabilities found in ffmpeg since 2018 can be used from a network. */
function refuseOld({ origin }: Plan, { isOld, version, path }: FfmpegFacts, { process: rules }: EngineContext): void {
  if (!isOld || origin.kind !== 'camera' || !origin.source.remote) return;
  if (rules?.allowOldFfmpeg === true || process.env['RXCAM_ALLOW_OLD_FFMPEG'] === '1') return;
  throw new InvalidOption(`camera: ${origin.source.address} given with the old ffmpeg ${version} (${path}), which may read only test: and local sources; `
    + 'install a current one (https://ffmpeg.org/download.html, apt install ffmpeg), or set RXCAM_ALLOW_OLD_FFMPEG=1');
}

function run(plan: Plan, context: EngineContext, facts: FfmpegFacts): Observable<EngineEvent> {
  const { origin } = plan;
  if (isCopied(plan)) {
    if (origin.kind !== 'camera') throw new Error('nothing to copy in a plan on frames');
    const job = { plan, origin, facts, context };
    return concat(of(PROGRESS, PASSED), prepared(job, (input) => copied(job, input, acceptsCopied)));
  }
  const step = encodeStep(plan);
  if (context.feed !== undefined) return encoded(step, facts, fedBy(plan, context.feed, facts, context), 'the pictures come from user code');
  if (origin.kind !== 'camera') throw new Error('a plan on frames needs a feed');
  const job = { plan, origin, facts, context };
  if (!isReused(step)) return encoded(step, facts, (encoder) => prepared(job, (input) => decoded(job, input, encoder)));
  return concat(of(PROGRESS), prepared(job, (input) => reusing(job, input, (again: SourceJob, why) => (
    encoded(step, facts, (encoder) => decoded(again, input, encoder), why)
  ))));
}

const PASSED: EngineEvent = { type: 'encoder', encoder: COPY, hardware: false, reason: "the source's own access units, as requested" };

function isReused(step: EncodeStep | undefined): boolean {
  return step?.codec === 'h265' && step.reuse;
}

/** Chooses the encoder of a step that has one, then runs it. @param why - why the source's own access units are not reused */
function encoded(
  step: EncodeStep | undefined, facts: FfmpegFacts, start: (encoder: Encoder | undefined) => Observable<EngineEvent>, why = '',
): Observable<EngineEvent> {
  if (step === undefined) return concat(of(PROGRESS), start(undefined));
  const reason = isReused(step) ? `; not reused: ${why}` : '';
  return chooseEncoder(step, facts).pipe(switchMap((chosen) => concat(of(PROGRESS), announced(chosen, reason), start(chosen.encoder))));
}

function announced({ encoder, reason }: Chosen, more: string): Observable<EngineEvent> {
  return of({ type: 'encoder', encoder: encoder.name, hardware: encoder.hardware !== undefined, reason: reason + more });
}

function fedBy(plan: Plan, feed: Feed, facts: FfmpegFacts, context: EngineContext) {
  return (encoder: Encoder | undefined): Observable<EngineEvent> => {
    const expected = expectedOf(plan, feed.format);
    const form = { format: encoder?.codec ?? feed.format.pixelFormat, shown: encoder && shownSize(encoder, expected) };
    return runFeed(facts.path, feedArguments(plan, feed.format, encoder, facts, expected), feed, form, context);
  };
}
