/** The interface of a source: facts about its address, and how ffmpeg reads it. */
import type { Writable } from 'node:stream';
import type { Observable } from 'rxjs';
import type { ClockDifference } from './clock.js';
import type { FfmpegFacts } from './engine/ffmpeg-facts.js';
import type { StderrRows } from './errors/stderr-rows.js';
import type { SourceInfo } from './frame/frame.js';

/** Which video stream of a source with several: the first, the largest, or the one of a number, counted from 0. */
export type StreamChoice = 'first' | 'largest' | number;

/** The input for ffmpeg. */
export interface SourceInput {
  /** Options before `-i`, each argument separately. */
  readonly options: readonly string[];
  readonly url: string;
  /** Protocols that ffmpeg may use for it and for addresses in it; none for a device. All others are refused. */
  readonly protocols: readonly string[];
  /** Text for ffmpeg's stdin, which keeps an address with credentials out of the process list. */
  readonly script?: string;
  /** Variables of ffmpeg's environment, which other users can't see, unlike its arguments. */
  readonly env?: Readonly<Record<string, string>>;
  /** Subscribed to while the process runs; gets its stdin, and writes to it or answers its requests. Errors with an RxcamError. */
  readonly beside?: (stdin: Writable) => Observable<never>;
  /**
   * Whether it is read at its own pace: then a resume seeks, and may start a keyframe later. A source read as fast as
   * possible is read from the start again, which is exact in any container.
   */
  readonly paced?: boolean;
  /** Whether the source has already answered: then the timeout for the first picture starts now. */
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
  /** Whether it continues while rxcam does not read, and so can't be paused. */
  readonly live: boolean;
  /** Whether its end is a failure, as that of a live camera. */
  readonly endless: boolean;
  /** Whether it is read over a network and can't be trusted. */
  readonly remote: boolean;
  /** Progress of the download; undefined if there is none. */
  readonly downloading?: { readonly bytes: number; readonly totalBytes: number } | undefined;
  /** The clock of its server, by the `Date` of its last answer; undefined until there is one. */
  readonly clock?: ClockDifference | undefined;
  /** Properties of its pictures that its address states. */
  readonly expected?: Pick<SourceInfo, 'width' | 'height' | 'fps'>;
  /** Secrets, never shown: passwords, tokens. */
  readonly secrets: Iterable<string>;
  /** Whether it sends only pictures, no audio: then ffmpeg waits for their description as long as for the first picture. */
  readonly picturesAlone?: boolean;
  /** Lines that ffmpeg prints about its failures. Default: those about networks and files. */
  readonly stderr?: StderrRows;
  /** Emits progress, then one input for the given ffmpeg, and completes; errors with an RxcamError. */
  prepare(facts: FfmpegFacts): Observable<Preparation>;
}
