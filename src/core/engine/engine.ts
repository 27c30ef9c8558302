/** The interface of an engine, which runs a plan: ffmpeg, or the fake of `rxcam/testing`. */
import type { Observable } from 'rxjs';
import type { Codec, ColorInfo, PixelFormat, SourceInfo } from '../frame/frame.js';
import type { Plan } from '../plan/plan.js';
import type { SkipState } from '../pictures/skip.js';

/** The format of raw pictures on the stdin of an ffmpeg process. */
export interface FeedFormat {
  readonly width: number;
  readonly height: number;
  readonly pixelFormat: PixelFormat;
  /** Frames per second, for the encoder; it does not affect which pictures are kept. */
  readonly fps: number;
  readonly color?: ColorInfo;
  /** Width of a pixel by its height, `16:11`; absent for square ones. */
  readonly sampleAspectRatio?: string;
}

/** Raw pictures from user code, which an engine processes in place of a source. */
export interface Feed {
  /** Format of the pictures. */
  readonly format: FeedFormat;
  /** The pictures, one in each value. */
  readonly pictures$: Observable<Buffer>;
  /** Called by the engine: whether it accepts another picture now; no picture is sent before the first `true`. */
  ready(yes: boolean): void;
}

/** Largest error of media time after a seek; µs. */
export const RESUME_TOLERANCE_US = 5;

/**
 * The point at which a file is resumed after its capture failed. An engine may report pictures up to this point as captured again,
 * but not as output. It must report all later ones as captured and as output, with the same media time as before.
 */
export interface ResumePoint {
  /** Media time in µs of the last picture that needs no further output. */
  readonly afterPts: number;
  /** State of each `skipRate` step after that picture, in order. */
  readonly skip: readonly SkipState[];
}

/** Priority and rights of a camera's processes. */
export interface ProcessOptions {
  /** Niceness, 0 to 19; 19 is the lowest priority. */
  readonly nice: number;
  /** Whether the ffmpeg of 2018 may read from a network. */
  readonly allowOldFfmpeg: boolean;
}

/** The arguments of an engine besides its plan. */
export interface EngineContext {
  /** Key of the camera. */
  readonly camera: string;
  /** Reports that a process has started; the next attempt waits until the returned function is called. */
  hold(): () => void;
  /** The engine stops reading while this is true, because more has been read than can be held. */
  readonly paused$: Observable<boolean>;
  /** Priority and rights of the process; absent: the defaults. */
  readonly process?: ProcessOptions;
  /** Position to resume at, for a file whose capture failed. */
  readonly resume?: ResumePoint;
  /** Pictures to process in place of the plan's source. */
  readonly feed?: Feed;
}

/** An event of an engine. */
export type EngineEvent =
  /** Work continues before the source can answer (a download, a probe of hardware): the timeout starts again. */
  | { readonly type: 'progress' }
  /** The binary that runs. */
  | { readonly type: 'ffmpeg'; readonly path: string; readonly version: string }
  /** The source has answered. */
  | { readonly type: 'connected' }
  | OpenedSource
  | { readonly type: 'changed'; readonly width: number; readonly height: number; readonly pixelFormat?: string }
  /** A picture was decoded, or an access unit copied. `pts`: media time in µs; it increases strictly, except for copied access units. */
  | { readonly type: 'captured'; readonly pts: number }
  /**
   * `skipUnchanged` has left a picture out: reported after its `captured`, and before any later output. `similarity` to the last
   * one kept, 0 to 1, if the plan has references.
   */
  | { readonly type: 'unchanged'; readonly pts: number; readonly similarity?: number }
  /** The bytes of a picture that was kept. */
  | EngineOutput
  /** The decoder rejected an access unit. */
  | { readonly type: 'rejected'; readonly reason: string }
  | { readonly type: 'encoder'; readonly encoder: string; readonly hardware: boolean; readonly reason: string }
  | { readonly type: 'warning'; readonly message: string };

/** Properties that the source states. */
export interface OpenedSource {
  /** The kind of event. */
  readonly type: 'opened';
  /** The stated properties. */
  readonly source: Partial<SourceInfo>;
  /** ffmpeg's guess at the frame rate if the source states none: it may be the container's time base. */
  readonly guessedFps?: number;
}

/** A picture or an access unit from the engine. */
export interface EngineOutput {
  /** The kind of event. */
  readonly type: 'output';
  /** Media time in µs, as in `captured`; for a feed, the number of the picture, from 0. */
  readonly pts: number;
  /** Whether it decodes alone. */
  readonly keyframe: boolean;
  /** Width in pixels. */
  readonly width: number;
  /** Height in pixels. */
  readonly height: number;
  /** Pixel format, or codec. */
  readonly format: PixelFormat | Codec;
  /** The bytes of the picture. */
  readonly data: Buffer;
  /** Set on a copied access unit that the file does not show; others need it. */
  readonly hidden?: true;
  /** Width of a pixel by its height, `16:11`; absent for square ones. */
  readonly sampleAspectRatio?: string;
  /** Degrees clockwise to turn a picture that is not decoded. */
  readonly rotation?: number;
}

/**
 * Runs a plan from start to end. Completes when the source has ended and all output is emitted; errors with an
 * RxcamError; unsubscribing ends the process.
 */
export type Engine = (plan: Plan, context: EngineContext) => Observable<EngineEvent>;
