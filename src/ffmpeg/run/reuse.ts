/** `encodeH265({ reuse: true })`: sends the source's own access units if they are as requested, and encodes otherwise. */
import { type Observable, concat, defer, filter, of, tap, throwError } from 'rxjs';
import { type EngineContext, type EngineEvent, RESUME_TOLERANCE_US } from '../../core/engine/engine.js';
import type { SourceInfo } from '../../core/frame/frame.js';
import { ruleOf, sizeAfter } from '../../core/steps/index.js';
import { COPY, type Plan } from '../../core/plan/plan.js';
import { PROGRESS, SourceMismatch, isDeinterlaced, isKnown, knownFacts, rememberFacts, retryOnMismatch } from '../stream/index.js';
import { copiedCodec } from './copied.js';
import { type SourceLaunch, encoderEvent } from './launch.js';
import { runCopy, runDecode, runDescription } from './source-run.js';

/** Pixel formats that every consumer of encodeH265's output can show: 8-bit 4:2:0. */
const PIXEL_FORMATS = new Set(['yuv420p', 'yuvj420p']);

/** Why a source's own access units do not suit a plan; undefined if they do. */
export function whyNotReused({ origin, steps }: Plan, source: Partial<SourceInfo>): string | undefined {
  const { codec = 'unknown', pixelFormat, width, height, sampleAspectRatio, rotation } = source;
  if (copiedCodec(codec) !== 'h265') return `the source is ${codec}`;
  if (pixelFormat !== undefined && !PIXEL_FORMATS.has(pixelFormat)) return `the source is ${pixelFormat}, and 8-bit 4:2:0 is requested`;
  if (rotation !== undefined) return rotation === 0 ? 'the source is mirrored' : `the source is rotated: its pictures are upright after a turn of ${rotation} degrees`;
  if (origin.kind === 'camera' && isDeinterlaced(origin.deinterlace, source)) return 'the pictures of the source are two fields each';
  if (width === undefined || height === undefined) return steps.some((step) => 'resized' in ruleOf(step)) ? 'the source states no size' : undefined;
  const [present, wanted] = [sizeAfter([], { width, height }), sizeAfter(steps, { width, height, sampleAspectRatio })];
  if (wanted.width === present.width && wanted.height === present.height) return undefined;
  return `the source is ${width}x${height}, and ${wanted.width}x${wanted.height} is requested`;
}

/**
 * Runs a plan that allows reuse. If a source is unknown, its description is read first, never at the same time as a capture;
 * if it turns out to be unsuitable, its pictures are encoded from then on.
 */
export function runReuse(launch: SourceLaunch): Observable<EngineEvent> {
  const { plan, origin: { source } } = launch;
  const neverReused = plan.steps.map((step) => ruleOf(step).notReused).find((reason) => reason !== undefined);
  if (neverReused !== undefined) return runEncoded(launch, neverReused);
  return defer(() => {
    /** Media time of the last picture that was reused. */
    let last = -1;
    const remember = (event: EngineEvent) => {
      if (event.type === 'opened') rememberFacts(source, event.source);
      if (event.type === 'captured') last = Math.max(last, event.pts);
    };
    return retryOnMismatch(launch.context, (context) => {
      const attempt = { ...launch, context };
      if (!isKnown(source)) return readDescription(attempt);
      const why = whyNotReused(plan, knownFacts(source));
      return why === undefined ? runReused(attempt).pipe(tap(remember)) : runRest(attempt, last, why);
    });
  });
}

/** Reads the description of the source, and then throws `SourceMismatch`, so that the next try knows it. */
function readDescription(launch: SourceLaunch): Observable<EngineEvent> {
  const { source } = launch.origin;
  const opened$ = runDescription(launch).pipe(tap((event) => {
    if (event.type !== 'opened') return;
    rememberFacts(source, event.source);
    throw new SourceMismatch();
  }));
  const silent$ = defer(() => {
    rememberFacts(source, {});
    return throwError(() => new SourceMismatch());
  });
  return concat(opened$, silent$);
}

/** Sends the source's own access units; throws `SourceMismatch` when the source is no longer suitable. */
function runReused(launch: SourceLaunch): Observable<EngineEvent> {
  const { plan, origin: { source } } = launch;
  const { codec = '', width = 0, height = 0 } = knownFacts(source);
  const announcement: EngineEvent = { type: 'encoder', encoder: COPY, hardware: false, reason: `reused: the source is ${codec} of ${width}x${height}, as requested` };
  return concat(of(announcement), runCopy(launch, (found) => {
    const facts = { ...knownFacts(source), ...found };
    if (whyNotReused(plan, facts) === undefined) return;
    rememberFacts(source, facts);
    throw new SourceMismatch();
  }));
}

/** Encodes the pictures that were not reused. A file is read from its start again: pictures that were already sent are left out. */
function runRest(launch: SourceLaunch, last: number, why: string): Observable<EngineEvent> {
  if (last < 0 || launch.origin.source.live) return runEncoded(launch, why);
  const context: EngineContext = { ...launch.context, resume: { afterPts: last, skip: [] } };
  return runEncoded({ ...launch, context }, why).pipe(filter((event) => event.type !== 'captured' || event.pts > last + RESUME_TOLERANCE_US));
}

function runEncoded(launch: SourceLaunch, why: string): Observable<EngineEvent> {
  const { chosen } = launch;
  return concat(of(PROGRESS, ...(chosen === undefined ? [] : [encoderEvent(chosen, `; not reused: ${why}`)])), runDecode(launch));
}
