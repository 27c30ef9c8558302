/** All events of a camera and its frames. */
import type { RxcamError } from './errors/errors.js';
import type { Codec, SourceInfo } from './frame/frame.js';

/** The places where rxcam holds frames: each is counted directly, never derived by subtraction. */
export const PLACES = ['stdin', 'encoder', 'handover', 'sink', 'outbox', 'request'] as const;
/**
 * `stdin`: waiting for a child; `encoder`: in a child; `handover`: passing from one step to the next;
 * `sink`: in `deliver`; `outbox`: waiting for the broker; `request`: sent, not yet acknowledged.
 */
export type Place = (typeof PLACES)[number];

/** Why a frame was lost. */
export const DROP_CAUSES = ['outbox', 'gop', 'too-large', 'capture-lost', 'stdin', 'stopped', 'closed', 'fenced', 'filter'] as const;
/**
 * `outbox`: the outbox was full; `gop`: its keyframe was dropped, or, for a source's own access units, was before the start of
 * the capture; `too-large`: the broker does not accept a message of this size; `capture-lost`: in the encoder when the process
 * died; `stdin`: raw frames of a live source arrived faster than the child reads them; `stopped`: in progress at the end of the
 * run; `closed`: not sent by the deadline of `broker.close()`; `fenced`: another machine of the fleet has the
 * camera; `filter`: a filter of `videoFilter` left it out.
 */
export type DropCause = (typeof DROP_CAUSES)[number];

/** Part of every event. */
export interface EventBase {
  /** Key of the camera. */
  readonly camera: string;
  /** Number of the run, from 1 for each camera. */
  readonly run: number;
  /** Wall clock in ms since 1970. */
  readonly at: number;
}

/** Part of an event about frames: `frames` pictures, the first of which is `seq`. */
export interface FrameEventBase extends EventBase {
  readonly seq: number;
  readonly frames: number;
}

/** An attempt to capture begins; `address` is without credentials. */
export interface Connecting extends EventBase { readonly type: 'connecting'; readonly attempt: number; readonly address: string }
/** The source was opened; `source`: the properties that it states. */
export interface Opened extends EventBase { readonly type: 'opened'; readonly attempt: number; readonly source: SourceInfo }
/** The source changed its picture size or pixel format while running. */
export interface Changed extends EventBase { readonly type: 'changed'; readonly width: number; readonly height: number; readonly pixelFormat?: string }
/** A picture was decoded. `pts`: media time in µs; `readMs`: time since the picture before it, in ms, absent for the first of an attempt. */
export interface Captured extends FrameEventBase { readonly type: 'captured'; readonly pts: number; readonly to: Place; readonly readMs?: number }
/** Pictures were left out, by `skipRate` (`rate`) or by `skipUnchanged` (`unchanged`). */
export interface Skipped extends FrameEventBase { readonly type: 'skipped'; readonly from: Place; readonly reason: 'rate' | 'unchanged' }
/** A picture looks like the last full one: a reference replaces it. Without references, it is `skipped`. */
export interface UnchangedEvent extends FrameEventBase { readonly type: 'unchanged'; readonly from: Place; readonly to: Place }
/** Pictures were encoded as one access unit of this format and size; `bytes` is its length. */
export interface Encoded extends FrameEventBase {
  readonly type: 'encoded'; readonly from: Place; readonly to: Place; readonly codec: Codec; readonly bytes: number; readonly keyframe: boolean;
  /** Time from decoding to the end of encoding, in ms. */
  readonly processMs: number; readonly width: number; readonly height: number;
}
/** A frame moved inside rxcam, e.g. from the outbox into a request, or back after a failed one. */
export interface Moved extends FrameEventBase { readonly type: 'moved'; readonly from: Place; readonly to: Place }
/** User code has received frames. `reference`: it was a reference to the last full one. */
export interface Delivered extends FrameEventBase { readonly type: 'delivered'; readonly from: Place; readonly reference?: true }
/** A delivered frame returned to a step of rxcam; `uncounted`: it was delivered before the last reset. */
export interface Returned extends FrameEventBase { readonly type: 'returned'; readonly to: Place; readonly uncounted: boolean; readonly reference?: true }
/** A frame that is already accounted for returned again. */
export interface Duplicate extends FrameEventBase { readonly type: 'duplicate' }
/** Frames were lost, for a cause. `error`: the failure, if there was one. */
export interface Dropped extends FrameEventBase { readonly type: 'dropped'; readonly from: Place; readonly cause: DropCause; readonly error?: RxcamError }
/** The broker has acknowledged a message. `bytes`: of its value; `writeMs`: since the request; `latencyMs`: since decoding. */
export interface PublishedEvent extends FrameEventBase {
  readonly type: 'published'; readonly from: Place; readonly inputOrder: number; readonly topic: string; readonly key: string;
  readonly bytes: number; readonly writeMs: number; readonly latencyMs: number; readonly reference?: true;
}
/** The decoder rejected an access unit, or a read window passed without a frame. `inRow`: failures since the last good frame. */
export interface ReadFailure extends EventBase { readonly type: 'readFailure'; readonly inRow: number; readonly reason: string }
/** An attempt failed. */
export interface Failed extends EventBase { readonly type: 'failed'; readonly attempt: number; readonly error: RxcamError }
/** `retry` waits for the next attempt. `nextAttemptAt`: wall clock in ms since 1970; absent, like `delayMs`, if the wait is an Observable. */
export interface Retrying extends EventBase { readonly type: 'retrying'; readonly attempt: number; readonly delayMs?: number; readonly nextAttemptAt?: number; readonly error: unknown }
/** The first picture after failures arrived; `downtimeMs`: time since the first of them. */
export interface Recovered extends EventBase { readonly type: 'recovered'; readonly attempt: number; readonly downtimeMs: number }
/** The ffmpeg that an attempt runs: the binary, and its version. */
export interface FfmpegFound extends EventBase { readonly type: 'ffmpeg'; readonly path: string; readonly version: string }
/** The encoder that runs, and the reason for its choice. */
export interface EncoderChosen extends EventBase { readonly type: 'encoder'; readonly encoder: string; readonly hardware: boolean; readonly reason: string }
/** Reading of a source that can wait was paused. */
export interface Paused extends EventBase { readonly type: 'paused' }
/** Reading was resumed. */
export interface Resumed extends EventBase { readonly type: 'resumed' }
/** A problem that does not end the attempt. */
export interface Warning extends EventBase { readonly type: 'warning'; readonly message: string }
/** The counts were set to zero; frames in flight stay counted as captured. */
export interface Reset extends EventBase { readonly type: 'reset' }
/** The run ended without a failure. */
export interface Stopped extends EventBase { readonly type: 'stopped'; readonly reason: 'completed' | 'unsubscribed' }

/** Every event, distinguished by `type`. */
export type CameraEvent =
  | Connecting | Opened | Changed | Captured | Skipped | UnchangedEvent | Encoded | Moved | Delivered | Returned | Duplicate | Dropped
  | PublishedEvent | ReadFailure | Failed | Retrying | Recovered | FfmpegFound | EncoderChosen | Paused | Resumed | Warning | Reset | Stopped;

type WithoutBase<E> = E extends EventBase ? Omit<E, keyof EventBase> : never;
/** An event before its camera, run and time are added. */
export type EventBody = WithoutBase<CameraEvent>;
