/** `encodeH265({ reuse: true })`: sends the source's own access units if they are as requested, and encodes if not. */
import { type Observable, catchError, concat, defer, filter, of, takeWhile, tap, throwError } from 'rxjs';
import { type EngineContext, type EngineEvent, RESUME_TOLERANCE_US } from '../../core/engine/engine.js';
import type { SourceInfo } from '../../core/frame/frame.js';
import { ruleOf, sizeAfter } from '../../core/steps/index.js';
import { COPY, type Plan } from '../../core/plan/plan.js';
import type { SourceInput } from '../../core/source.js';
import { copiedCodec } from './copied.js';
import { PROGRESS, held, isDeinterlaced, isKnown, known, learn } from '../stream/index.js';
import { type SourceJob, copied, looked } from './source-run.js';

/** Encodes; `why` is the reason not to reuse. */
type Encode = (job: SourceJob, why: string) => Observable<EngineEvent>;

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
  const [own, wanted] = [sizeAfter([], { width, height }), sizeAfter(steps, { width, height, sampleAspectRatio })];
  if (wanted.width === own.width && wanted.height === own.height) return undefined;
  return `the source is ${width}x${height}, and ${wanted.width}x${wanted.height} is requested`;
}

/** Runs a plan that allows reuse. If a source is unknown, its description is read first, never at the same time as a capture. */
export function reusing(job: SourceJob, input: SourceInput, encode: Encode): Observable<EngineEvent> {
  const { plan, origin: { source } } = job;
  const why = plan.steps.map((step) => ruleOf(step).notReused).find((one) => one !== undefined);
  if (why !== undefined) return encode(job, why);
  const look$ = isKnown(source) ? of(PROGRESS) : look(job, input);
  const run$ = defer(() => {
    const unlike = whyNotReused(plan, known(source));
    return unlike === undefined ? reused(job, input, encode) : encode(job, unlike);
  });
  return concat(look$, run$.pipe(tap((event) => { if (event.type === 'opened') learn(source, event.source); })));
}

function look(job: SourceJob, input: SourceInput): Observable<EngineEvent> {
  const { context, gone$ } = held(job.context);
  return concat(
    looked({ ...job, context }, input).pipe(
      takeWhile((event) => event.type !== 'opened', true),
      tap((event) => { if (event.type === 'opened') learn(job.origin.source, event.source); }),
      filter((event) => event.type !== 'opened'),
    ),
    gone$,
    of(PROGRESS),
  );
}

/** The source has changed and does not suit the plan any more. */
class NotReusable extends Error {
  constructor(readonly why: string, readonly source: Partial<SourceInfo>) { super(why); }
}

/** Passes access units on until the source changes, then encodes. */
function reused(job: SourceJob, input: SourceInput, encode: Encode): Observable<EngineEvent> {
  const { plan, origin: { source } } = job;
  const { context, gone$ } = held(job.context);
  const { codec = '', width = 0, height = 0 } = known(source);
  const announced: EngineEvent = { type: 'encoder', encoder: COPY, hardware: false, reason: `reused: the source is ${codec} of ${width}x${height}, as requested` };
  let last = -1;
  const copied$ = copied({ ...job, context }, input, (found) => {
    const now = { ...known(source), ...found };
    const why = whyNotReused(plan, now);
    if (why !== undefined) throw new NotReusable(why, now);
  });
  return concat(of(announced), copied$).pipe(
    tap((event) => { if (event.type === 'captured') last = Math.max(last, event.pts); }),
    catchError((error: unknown) => {
      if (!(error instanceof NotReusable)) return throwError(() => error);
      learn(source, error.source);
      return concat(gone$, of(PROGRESS), source.live ? encode(job, error.why) : goneOn(job, last, error.why, encode));
    }),
  );
}

/** A file is read from its start again, without encoding pictures that have been passed on already. */
function goneOn(job: SourceJob, last: number, why: string, encode: Encode): Observable<EngineEvent> {
  if (last < 0) return encode(job, why);
  const context: EngineContext = { ...job.context, resume: { afterPts: last, skip: [] } };
  return encode({ ...job, context }, why).pipe(filter((event) => event.type !== 'captured' || event.pts > last + RESUME_TOLERANCE_US));
}
