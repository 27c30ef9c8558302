/** The plan of a Capture: an origin and steps, which become one ffmpeg command on subscription. */
import type { Observable } from 'rxjs';
import type { ChangeRule } from '../pictures/change-detector.js';
import type { ReconnectPolicy } from './reconnect-policy.js';
import { type EncodeStep, type Step, type UnitStep, isByChange, isByTime, ruleOf } from '../steps/index.js';
import { InvalidOption } from '../errors/errors.js';
import type { EncodedFrame, Frame, PixelFormat } from '../frame/frame.js';
import type { SkipRule } from '../pictures/skip.js';
import type { Source, StreamChoice } from '../source.js';

/** Encoder name for access units copied from the source. */
export const COPY = 'copy';

/** Whether to deinterlace: `auto`: if the source is marked as interlaced; `true`: always; `false`: never. */
export type Deinterlace = 'auto' | boolean;

/** A run of a camera, opened for one subscription. */
export interface OpenRun {
  /** The values of the run, processed by a plan. */
  values(plan: Plan): Observable<Frame | EncodedFrame>;
  /** Called when the subscription has ended. */
  close(): void;
}

/** A camera's own source. */
export interface CameraOrigin {
  /** The kind of origin. */
  readonly kind: 'camera';
  /** Opens a run for a subscription: the one that it continues, or a new one. */
  openRun(): OpenRun;
  /** The source. */
  readonly source: Source;
  /** Pixel format of raw pictures. */
  readonly pixelFormat: PixelFormat;
  /** Threads of the decoder; 0 lets ffmpeg choose. */
  readonly decoderThreads: number;
  /** The stream to read, of several. */
  readonly stream: StreamChoice;
  /** Codecs to decode from a network, besides those that cameras use. */
  readonly codecs: readonly string[];
  /** The largest picture to decode, in pixels. */
  readonly maxPixels: number;
  /** Whether to deinterlace. */
  readonly deinterlace: Deinterlace;
  /** Time limit from the source's answer to its first picture; ms. */
  readonly firstFrameTimeoutMs: number;
}

/** How a camera's pictures are read. */
export type CameraReadOptions = Omit<CameraOrigin, 'kind' | 'openRun' | 'source' | 'firstFrameTimeoutMs'>;

/** Frames from user code. */
export interface FramesOrigin { readonly kind: 'frames'; readonly frames$: Observable<Frame> }

/** The origin of frames, and the steps on them. */
export interface Plan {
  /** The origin of the frames. */
  readonly origin: CameraOrigin | FramesOrigin;
  /** In the order of the pipeline. */
  readonly steps: readonly Step[];
  /** Set by `retry`. */
  readonly reconnect?: ReconnectPolicy;
}

/** The step that encodes, if there is one. */
export function encodeStep(plan: Plan): EncodeStep | undefined {
  return plan.steps.find((step): step is EncodeStep => ruleOf(step).gives === 'encoded');
}

/** The step that gives access units, if there is one. */
export function unitStep(plan: Plan): UnitStep | undefined {
  return plan.steps.find(givesUnits);
}

/** Whether the plan copies the source's own access units and decodes no picture. */
export function isCopied(plan: Plan): boolean {
  return plan.steps.some((step) => ruleOf(step).gives === 'copied');
}

/** The rule that leaves out unchanged pictures, if there is one. */
export function changeRule(plan: Plan): ChangeRule | undefined {
  return plan.steps.flatMap((step) => {
    const { leavesOut } = ruleOf(step);
    return isByChange(leavesOut) ? [leavesOut.byChange(step)] : [];
  })[0];
}

/** The rules that leave pictures out by their time, in order. */
export function skipRules(plan: Plan): readonly SkipRule[] {
  return plan.steps.flatMap((step) => {
    const { leavesOut } = ruleOf(step);
    return isByTime(leavesOut) ? [leavesOut.byTime(step)] : [];
  });
}

/** The steps that ffmpeg runs: all except those that Node runs on frames before. */
export function ffmpegSteps({ origin, steps }: Plan): readonly Step[] {
  return origin.kind === 'camera' ? steps : steps.filter((step) => ruleOf(step).inNode === false);
}

/**
 * The plan with one more step.
 * @throws InvalidOption for a step that can't follow those of the plan
 */
export function withStep(plan: Plan, step: Step): Plan {
  const last = unitStep(plan);
  if (last !== undefined) {
    throw new InvalidOption(`${step.kind} after ${last.kind} given; allowed before it: pictures are thinned, resized, then encoded`);
  }
  const { gives, leavesOut } = ruleOf(step);
  if (gives === 'copied') checkCopied(plan);
  if (leavesOut !== 'nothing') checkThinned(plan, step);
  return { ...plan, steps: [...plan.steps, step] };
}

/**
 * The plan with a reference to the last full picture in place of each unchanged one.
 * @throws InvalidOption for a plan without `skipUnchanged`, or with chunks
 */
export function withReferences(plan: Plan): Plan {
  const given = "toMessage: option 'unchanged': 'reference' given";
  if (changeRule(plan) === undefined) throw new InvalidOption(`${given} without skipUnchanged, expected skipUnchanged before the encoder: it finds unchanged pictures`);
  if (encodeStep(plan)?.chunk !== undefined) throw new InvalidOption(`${given} with chunk, expected without chunk, which holds only changed pictures`);
  return { ...plan, steps: plan.steps.map((step) => {
    const { leavesOut } = ruleOf(step);
    return isByChange(leavesOut) ? leavesOut.withReferences(step) : step;
  }) };
}

/** After `skipUnchanged`, no step may leave out a picture, which has changed. */
function checkThinned(plan: Plan, { kind }: Step): void {
  const before = plan.steps.find((step) => isByChange(ruleOf(step).leavesOut));
  if (before === undefined) return;
  throw new InvalidOption(`${kind} after ${before.kind} given; allowed before it: a picture that has changed must not be left out`);
}

/** Without decoding there are no pictures for a step to work on. */
function checkCopied({ origin, steps }: Plan): void {
  const before = origin.kind === 'frames' ? 'your own operator' : steps[0]?.kind;
  if (before === undefined) return;
  throw new InvalidOption(`passthrough after ${before} given; allowed directly after camera() or its retry(): without decoding, no operator can work on pictures`);
}

function givesUnits(step: Step): step is UnitStep {
  return ruleOf(step).gives !== 'pictures';
}
