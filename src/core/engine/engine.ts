/** What the kernel asks of whatever runs a plan: ffmpeg, or the fake of `rxcam/testing`. */
import type { Observable } from 'rxjs';
import type { Codec, ColorInfo, PixelFormat, SourceInfo } from '../frame/frame.js';
import type { Plan } from '../plan/plan.js';
import type { SkipState } from '../pictures/skip.js';

/** The form of raw frames on a child's stdin. */
export interface FeedFormat {
  readonly width: number;
  readonly height: number;
  readonly pixelFormat: PixelFormat;
  /** Frames per second that the encoder is told; it has no part in what is kept. */
  readonly fps: number;
  readonly color?: ColorInfo;
  /** Width of a pixel by its height, `16:11`; absent for square ones. */
  readonly sampleAspectRatio?: string;
}

/** Raw frames for an engine that runs steps on frames instead of a source. */
export interface Feed {
  readonly format: FeedFormat;
  /** The pictures, one whole one a value. */
  readonly pictures$: Observable<Buffer>;
  /** The engine says whether it takes another picture now; nothing is sent before the first `true`. */
  ready(yes: boolean): void;
}

/** Media time in the middle of a file that was sought is exact but for this; µs. */
export const RESUME_TOLERANCE_US = 5;

/**
 * Where a file is taken up after its capture failed. Pictures up to there may be reported as captured once more, not as
 * output; all that follow must come, with the media time that they had.
 */
export interface ResumePoint {
  /** Media time of the last picture that is not wanted again, in µs. */
  readonly afterPts: number;
  readonly skip: readonly SkipState[];
}

/** What a camera's processes may do and take. */
export interface ProcessOptions {
  /** 0 to 19: how much they stand back for other processes. */
  readonly nice: number;
  /** Whether the ffmpeg of 2018 may read what comes from afar. */
  readonly allowOldFfmpeg: boolean;
}

/** What an engine may know and do. */
export interface EngineContext {
  readonly camera: string;
  /** Says that a process has been started; the next attempt waits until the returned function is called. */
  hold(): () => void;
  /** Whether what has been read is more than can be held: stop reading while true. */
  readonly paused$: Observable<boolean>;
  readonly process?: ProcessOptions;
  readonly resume?: ResumePoint;
  readonly feed?: Feed;
}

/** One thing that an engine reports. */
export type EngineEvent =
  /** Something is being done before the source can answer (a download, a probe of hardware): the timeout starts anew. */
  | { readonly type: 'progress' }
  /** The binary that runs. */
  | { readonly type: 'ffmpeg'; readonly path: string; readonly version: string }
  /** The source answers. */
  | { readonly type: 'connected' }
  | OpenedSource
  | { readonly type: 'changed'; readonly width: number; readonly height: number; readonly pixelFormat?: string }
  /** A picture was decoded; `pts` in µs rises strictly. */
  | { readonly type: 'captured'; readonly pts: number }
  /**
   * `skipUnchanged` has left a picture out: after its `captured`, and before any later output. `similarity` to the last
   * one kept, 0 to 1, where the plan asks for references.
   */
  | { readonly type: 'unchanged'; readonly pts: number; readonly similarity?: number }
  /** The bytes of a picture that was kept; `pts` as in `captured`, or the number of the picture fed, from 0. */
  | EngineOutput
  /** The decoder rejected an access unit. */
  | { readonly type: 'rejected'; readonly reason: string }
  | { readonly type: 'encoder'; readonly encoder: string; readonly hardware: boolean; readonly reason: string }
  | { readonly type: 'warning'; readonly message: string };

/** What the source says of itself. */
export interface OpenedSource {
  readonly type: 'opened';
  readonly source: Partial<SourceInfo>;
  /** Frames per second that ffmpeg takes it to have where the source states none: it may be the container's time base. */
  readonly guessedFps?: number;
}

/** A picture or an access unit out of the engine. */
export interface EngineOutput {
  readonly type: 'output';
  readonly pts: number;
  readonly keyframe: boolean;
  readonly width: number;
  readonly height: number;
  readonly format: PixelFormat | Codec;
  readonly data: Buffer;
  /** Set on a copied access unit that the file does not show: others need it. */
  readonly hidden?: true;
  /** Width of a pixel by its height, `16:11`; absent for square ones. */
  readonly sampleAspectRatio?: string;
  /** Degrees clockwise by which what is not decoded is to be turned. */
  readonly rotation?: number;
}

/**
 * Runs a plan from start to end. Completes when the source has ended and everything is out; errors with an
 * RxcamError; unsubscribing ends the process.
 */
export type Engine = (plan: Plan, context: EngineContext) => Observable<EngineEvent>;
