/** The interface of a source: facts about its address, and how ffmpeg reads it. */
import type { Writable } from 'node:stream';
import type { Observable } from 'rxjs';
import type { ClockDifference } from './clock.js';
import type { FfmpegFacts } from './engine/ffmpeg-facts.js';
import type { StderrRows } from './errors/stderr-rows.js';
import type { SourceInfo } from './frame/frame.js';

/** Which video stream of a source with several: the first, the largest, or the one with this number, counted from 0. */
export type StreamChoice = 'first' | 'largest' | number;

/** The input for ffmpeg. */
export interface SourceInput {
  /** Options before `-i`, each argument separately. */
  readonly options: readonly string[];
  /** The address after `-i`. */
  readonly url: string;
  /** Protocols that ffmpeg may use for it and for addresses in it; empty for a device. ffmpeg refuses all others. */
  readonly protocols: readonly string[];
  /** Text for ffmpeg's stdin, which keeps an address with credentials out of the process list. */
  readonly script?: string;
  /** Environment variables for ffmpeg: other users can't see them, unlike its arguments. */
  readonly env?: Readonly<Record<string, string>>;
  /** Subscribed to while the process runs: writes to its stdin, or answers its requests. Errors with an RxcamError. */
  readonly beside?: (stdin: Writable) => Observable<never>;
  /**
   * Whether it is read at its own pace. A resume then seeks, and may start at a later keyframe. A source that is read as fast as
   * possible is read from the start again, which is exact with any container.
   */
  readonly paced?: boolean;
  /** Whether the source has already answered: the timeout for the first picture then starts now. */
  readonly answered?: boolean;
  /** A warning about this input, reported as an event. */
  readonly warning?: string;
}

/** A value of `prepare`. */
export type Preparation =
  /** Progress: the connection's timeout starts again. */
  | { readonly type: 'progress' }
  | { readonly type: 'input'; readonly input: SourceInput };

/** A source of video: an address that `camera` recognises, or one of your own kind. */
export interface Source {
  /** `rtsp`, `file` … */
  readonly kind: string;
  /** Address without credentials. */
  readonly address: string;
  /** Whether it continues while rxcam does not read: such a source can't be paused. */
  readonly live: boolean;
  /** Whether its end is a failure, as with a live camera. */
  readonly endless: boolean;
  /** Whether it is read over a network and can't be trusted. */
  readonly remote: boolean;
  /** Progress of the download; undefined if there is none. */
  readonly downloading?: { readonly bytes: number; readonly totalBytes: number } | undefined;
  /** The difference of its server's clock, from the `Date` of its last answer; undefined before the first. */
  readonly clock?: ClockDifference | undefined;
  /** Properties of its pictures that its address states. */
  readonly expected?: Pick<SourceInfo, 'width' | 'height' | 'fps'>;
  /** Secrets, never shown: passwords, tokens. */
  readonly secrets: Iterable<string>;
  /** Whether it sends only pictures, no audio: ffmpeg then waits for their description as long as for the first picture. */
  readonly picturesAlone?: boolean;
  /** Lines that ffmpeg prints about its failures. Default: those about networks and files. */
  readonly stderr?: StderrRows;
  /** Emits progress, then one input for the given ffmpeg, and completes; errors with an RxcamError. */
  prepare(facts: FfmpegFacts): Observable<Preparation>;
}
