/** What a Capture will do when it is subscribed: an origin and steps, which become one ffmpeg command. */
import type { Observable } from 'rxjs';
import type { Engine } from './engine.js';
import { InvalidOption } from './errors.js';
import type { EncodeMode, Frame, PixelFormat } from './frame.js';
import type { CameraHub } from './hub.js';
import type { ReconnectPolicy } from './reconnect.js';
import type { SkipRule } from './skip.js';
import type { Source } from './source/index.js';

/** Ways to bring a picture to a size. */
export const FITS = ['inside', 'contain', 'cover', 'fill'] as const;
export type Fit = (typeof FITS)[number];

export interface SkipStep { readonly kind: 'skip'; readonly rule: SkipRule }

export interface ResizeStep {
  readonly kind: 'resize';
  readonly width?: number;
  readonly height?: number;
  readonly fit: Fit;
  readonly enlarge: boolean;
  readonly algorithm: string;
}

/** Kinds of hardware that can be asked for by name. */
export const HARDWARE = ['nvenc', 'vaapi', 'qsv', 'videotoolbox'] as const;
export type Hardware = (typeof HARDWARE)[number];

/** How access units are grouped into one message. */
export type Chunk = { readonly frames: number } | { readonly ms: number } | 'gop';

interface Units {
  readonly mode: EncodeMode;
  /** Absent: each access unit is a value. */
  readonly chunk?: Chunk;
}

interface Encoding extends Units { readonly kind: 'encode' }

export interface H265Step extends Encoding {
  readonly codec: 'h265';
  readonly crf: number;
  readonly preset: string;
  readonly gop: number;
  readonly hardware: boolean | Hardware;
  /** Whether the source's own access units do where they can: H.265 of the size that is wanted. */
  readonly reuse: boolean;
}

export interface JpegStep extends Encoding {
  readonly codec: 'jpeg';
  readonly mode: 'frame';
  /** 1 (worst) to 100. */
  readonly quality: number;
}

/** What makes access units of pictures, told apart by `codec`. */
export type EncodeStep = H265Step | JpegStep;

/** The source's own access units, as they are: no picture is decoded. */
export interface CopyStep extends Units {
  readonly kind: 'copy';
  readonly mode: 'stream';
}

/** What gives access units: the last step of a plan that has one. */
export type UnitStep = EncodeStep | CopyStep;

export type Step = SkipStep | ResizeStep | UnitStep;

/** Name of the encoder where there is none: the source's own access units are sent. */
export const COPY = 'copy';

/** A camera's own source. */
export interface CameraOrigin {
  readonly kind: 'camera';
  readonly hub: CameraHub;
  readonly source: Source;
  readonly pixelFormat: PixelFormat;
  readonly decoderThreads: number;
  readonly engine: Engine;
}

/** Frames out of the user's hands. */
export interface FramesOrigin { readonly kind: 'frames'; readonly frames$: Observable<Frame> }

export interface Plan {
  readonly origin: CameraOrigin | FramesOrigin;
  readonly steps: readonly Step[];
  /** Set once a `retry` stands among the steps. */
  readonly reconnect?: ReconnectPolicy;
}

/** The step that encodes, if there is one. */
export function encodeStep(plan: Plan): EncodeStep | undefined {
  return plan.steps.find((step) => step.kind === 'encode');
}

/** The step that gives access units, if there is one. */
export function unitStep(plan: Plan): UnitStep | undefined {
  return plan.steps.find((step) => step.kind === 'encode' || step.kind === 'copy');
}

/** The rules of all skip steps, in order. */
export function skipRules(plan: Plan): readonly SkipRule[] {
  return plan.steps.flatMap((step) => (step.kind === 'skip' ? [step.rule] : []));
}

/** The plan with one step more. */
export function withStep(plan: Plan, step: Step): Plan {
  const last = unitStep(plan);
  if (last !== undefined) {
    throw new InvalidOption(`${step.kind} after ${last.kind} given; allowed before it: pictures are thinned, resized, then encoded`);
  }
  if (step.kind === 'copy') checkCopied(plan);
  return { ...plan, steps: [...plan.steps, step] };
}

/** What is not decoded has no pictures that a step could have worked on. */
function checkCopied({ origin, steps }: Plan): void {
  const before = origin.kind === 'frames' ? 'code that takes pictures' : steps[0]?.kind;
  if (before === undefined) return;
  throw new InvalidOption(`passthrough after ${before} given; allowed directly after camera(), or a retry behind it: what is not decoded can't be thinned, resized or looked at`);
}
