/** Runs one ffmpeg process on a source: to decode it, to pass its access units on, or only to read its description. */
import { type Observable, concat, of, switchMap } from 'rxjs';
import type { EngineContext, EngineEvent } from '../../core/engine/engine.js';
import type { FfmpegFacts } from '../../core/engine/ffmpeg-facts.js';
import type { SourceInfo } from '../../core/frame/frame.js';
import { type CameraOrigin, type Plan, changeRule } from '../../core/plan/plan.js';
import type { SourceInput } from '../../core/source.js';
import { DecodedPictures, type Form, type Pictures, runSourceProcess } from './source-process.js';
import { type Encoder, type Expected, cameraArguments, copyArguments, encodingOf, expectedOf, lookArguments, paced, serves, shownSize } from '../command/index.js';
import { ComparedPictures } from './compared.js';
import { CopiedPictures } from './copied.js';
import { type Choose, PROGRESS, bounded, checkCodec, chosenOf, known, readingLimits, settled, withRate } from '../stream/index.js';
import { learned } from './learned.js';

const CONNECTED: EngineEvent = { type: 'connected' };

/** A plan on a camera's own source, and everything needed to run it. */
export interface SourceJob {
  readonly plan: Plan;
  readonly origin: CameraOrigin;
  readonly facts: FfmpegFacts;
  readonly context: EngineContext;
}

/** Prepares the source, then calls `run` with the input for ffmpeg. */
export function prepared({ origin, facts }: SourceJob, run: (input: SourceInput) => Observable<EngineEvent>): Observable<EngineEvent> {
  const limits = readingLimits(origin);
  return origin.source.prepare(facts).pipe(switchMap((step): Observable<EngineEvent> => {
    if (step.type === 'progress') return of(PROGRESS);
    const { warning, answered = false } = step.input;
    const warnings: EngineEvent[] = warning === undefined ? [] : [{ type: 'warning', message: warning }];
    const input = { ...step.input, options: [...limits, ...allowing(step.input), ...step.input.options] };
    return concat(of(answered ? CONNECTED : PROGRESS, ...warnings), run(input));
  }));
}

/** Protocols that it may open. `none` is not the name of a protocol, so it allows none. */
function allowing({ protocols }: SourceInput): string[] {
  return ['-protocol_whitelist', protocols.length === 0 ? 'none' : protocols.join(',')];
}

/** Emits pictures, through the plan's steps; raw without an encoder. */
export function decoded(job: SourceJob, input: SourceInput, encoder: Encoder | undefined): Observable<EngineEvent> {
  const { plan, facts, origin } = job;
  const unchanged = changeRule(plan);
  const form = (expected: Expected): Form => ({ format: encoder?.codec ?? origin.pixelFormat, shown: encoder && shownSize(encoder, expected) });
  return settled({ ...job, decodes: true }, (reading, choose, outer) => learned({
    source: origin.source, context: outer,
    expect: (info) => expectedOf(plan, info),
    serves: (made, right) => serves(made, right, encodingOf(plan, encoder), facts),
    run: (expected, context) => {
      const args = cameraArguments(plan, input, encoder, facts, reading, expected, context.resume);
      const pictures = unchanged === undefined ? new DecodedPictures(form(expected)) : new ComparedPictures(form(expected), unchanged);
      return read({ ...job, context }, input, args, choose, pictures, encoder?.hardware === undefined);
    },
  }));
}

/** Emits the source's own access units. @param accepts - throws for a source whose units can't be used */
export function copied(job: SourceJob, input: SourceInput, accepts: (source: Partial<SourceInfo>) => void): Observable<EngineEvent> {
  const { source } = job.origin;
  return settled({ ...job, decodes: false }, (reading, choose, outer) => {
    const args = copyArguments(input, job.facts, { ...reading, patience: patience(job) }, outer.resume);
    const run = (context: EngineContext) => (
      read({ ...job, context }, input, args, choose, new CopiedPictures(accepts, context.resume, source.live))
    );
    return (input.paced === true ? paced(outer, run) : run(outer)).pipe(withRate(known(source)));
  });
}

/** Emits the source's description, as `opened`, and no pictures. */
export function looked(job: SourceJob, input: SourceInput): Observable<EngineEvent> {
  const choose: Choose = (streams) => chosenOf(streams, job.origin.stream);
  return read(job, input, lookArguments(input, patience(job)), choose, { heartbeat: () => [], packet: () => [] });
}

/** Only for sources of pictures alone: with others, ffmpeg would wait as long for their audio; ms. */
function patience({ origin: { firstFrameTimeoutMs, source } }: SourceJob): number | undefined {
  return source.picturesAlone === true ? firstFrameTimeoutMs : undefined;
}

/** @param isBounded - whether to limit the address space; false with hardware, whose drivers reserve gigabytes */
function read(
  { origin, facts, context }: SourceJob, input: SourceInput, args: readonly string[], choose: Choose, pictures: Pictures, isBounded = true,
): Observable<EngineEvent> {
  const { source } = origin;
  const checked: Choose = (streams) => {
    const stream = choose(streams);
    checkCodec(stream, origin);
    return stream;
  };
  const command = isBounded ? bounded(facts.path, args, origin) : { path: facts.path, args };
  return runSourceProcess({ ...command, input, inBulk: !source.live && input.paced !== true, source, choose: checked, pictures }, context);
}
