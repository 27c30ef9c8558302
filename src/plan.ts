/** What a Capture will do when it is subscribed: an origin and steps, which become one ffmpeg command. */
import type { Observable } from 'rxjs';
import type { ReconnectPolicy } from './core/reconnect-policy.js';
import { InvalidOption } from './errors.js';
import type { EncodeMode, EncodedFrame, Frame, PixelFormat } from './frame.js';
import type { SkipRule } from './skip.js';
import type { Source, StreamChoice } from './core/source.js';

/** Ways to bring a picture to a size. */
export const FITS = ['inside', 'contain', 'cover', 'fill'] as const;
export type Fit = (typeof FITS)[number];

export interface SkipStep { readonly kind: 'skip'; readonly rule: SkipRule }

/** Pictures that look like the last one kept are left out, but one is kept in each slot of `maxGapMs` of media time. */
export interface UnchangedStep {
  readonly kind: 'unchanged';
  /** Mean difference of an 8x8 block above which a picture has changed, 0 to 1. */
  readonly threshold: number;
  readonly maxGapMs: number;
  /** Whether a reference to the last full picture goes out in place of each that is left out. */
  readonly references: boolean;
}

export interface ResizeStep {
  readonly kind: 'resize';
  readonly width?: number;
  readonly height?: number;
  readonly fit: Fit;
  readonly enlarge: boolean;
  readonly algorithm: string;
  /** Whether pixels that are not square become it. */
  readonly squarePixels: boolean;
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

export type Step = SkipStep | UnchangedStep | ResizeStep | UnitStep;

/** Name of the encoder where there is none: the source's own access units are sent. */
export const COPY = 'copy';

/** Whether two fields are made one picture: where the source says so, always, never. */
export type Deinterlace = 'auto' | boolean;

/** A run of a camera, opened for one subscription. */
export interface OpenRun {
  /** The values that a plan makes of it. */
  values(plan: Plan): Observable<Frame | EncodedFrame>;
  /** The subscription has ended. */
  close(): void;
}

/** A camera's own source. */
export interface CameraOrigin {
  readonly kind: 'camera';
  /** Opens the run that a subscription continues, or a new one. */
  openRun(): OpenRun;
  readonly source: Source;
  readonly pixelFormat: PixelFormat;
  readonly decoderThreads: number;
  readonly stream: StreamChoice;
  /** Decoded from afar besides those that cameras use. */
  readonly codecs: readonly string[];
  readonly maxPixels: number;
  readonly deinterlace: Deinterlace;
  /** From the source's answer to its first picture; ms. */
  readonly firstFrameTimeoutMs: number;
}

/** How a camera's pictures are read. */
export type CameraReading = Omit<CameraOrigin, 'kind' | 'openRun' | 'source' | 'firstFrameTimeoutMs'>;

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

/** The step that leaves unchanged pictures out, if there is one. */
export function unchangedStep(plan: Plan): UnchangedStep | undefined {
  return plan.steps.find((step) => step.kind === 'unchanged');
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
  if (step.kind === 'skip' || step.kind === 'unchanged') checkThinned(plan, step);
  return { ...plan, steps: [...plan.steps, step] };
}

/** The plan with a reference to the last full picture in place of each that is unchanged. */
export function withReferences(plan: Plan): Plan {
  const given = "toMessage: option 'unchanged': 'reference' given";
  if (unchangedStep(plan) === undefined) throw new InvalidOption(`${given} without skipUnchanged, expected before the encoder: it finds what is unchanged`);
  if (encodeStep(plan)?.chunk !== undefined) throw new InvalidOption(`${given} with chunk, expected without: a chunk holds what has changed alone`);
  return { ...plan, steps: plan.steps.map((step) => (step.kind === 'unchanged' ? { ...step, references: true } : step)) };
}

/** What has changed must not be left out afterwards. */
function checkThinned(plan: Plan, { kind }: SkipStep | UnchangedStep): void {
  if (unchangedStep(plan) === undefined) return;
  const name = kind === 'skip' ? 'skipRate' : 'skipUnchanged';
  throw new InvalidOption(`${name} after skipUnchanged given; allowed before it: a picture that has changed must not be left out`);
}

/** What is not decoded has no pictures that a step could have worked on. */
function checkCopied({ origin, steps }: Plan): void {
  const before = origin.kind === 'frames' ? 'code that takes pictures' : steps[0]?.kind;
  if (before === undefined) return;
  throw new InvalidOption(`passthrough after ${before} given; allowed directly after camera(), or a retry behind it: what is not decoded can't be thinned, resized or looked at`);
}
