/** The interface of a source: facts about its address, and how ffmpeg reads it. */
import type { Writable } from 'node:stream';
import type { Observable } from 'rxjs';
import type { FfmpegFacts } from './engine/ffmpeg-facts.js';
import type { StderrRows } from './errors/stderr-rows.js';
import type { SourceInfo } from './frame/frame.js';

/** Which video stream of a source that has several: the first, the largest, or that of a number, counted from 0. */
export type StreamChoice = 'first' | 'largest' | number;

/** The input for ffmpeg. */
export interface SourceInput {
  /** Options before `-i`, each a word of its own. */
  readonly options: readonly string[];
  readonly url: string;
  /** Protocols that ffmpeg may use for it and for addresses in it; none for a device. All others are refused. */
  readonly protocols: readonly string[];
  /** Sent to ffmpeg's stdin: the way an address with credentials stays out of the process list. */
  readonly script?: string;
  /** Variables of ffmpeg's environment: seen by nobody else, as its arguments are. */
  readonly env?: Readonly<Record<string, string>>;
  /** Runs as long as the process and gets its stdin: writes to it, or answers its requests. Errors with an RxcamError. */
  readonly beside?: (stdin: Writable) => Observable<never>;
  /**
   * Whether it is read at its own pace: then a resume seeks, and may start a keyframe later. A source read as fast as
   * possible is read from the start again, which is exact in any container.
   */
  readonly paced?: boolean;
  /** Whether the source has answered already: the wait is for its first picture from here on. */
  readonly answered?: boolean;
  /** A warning about this input, reported as an event. */
  readonly warning?: string;
}

/** A step on the way to an input. */
export type Preparation =
  /** Work continues: the connection's timeout starts again. */
  | { readonly type: 'progress' }
  | { readonly type: 'input'; readonly input: SourceInput };

/** A source of video: an address that `camera` recognises, or one of your own kind. */
export interface Source {
  /** `rtsp`, `file` … */
  readonly kind: string;
  /** Address without credentials. */
  readonly address: string;
  /** Whether it continues while nobody reads. */
  readonly live: boolean;
  /** Whether its end is a failure: a live camera has none. */
  readonly endless: boolean;
  /** Whether it comes over a network, and can't be trusted. */
  readonly remote: boolean;
  /** Properties of its pictures that its address states. */
  readonly expected?: Pick<SourceInfo, 'width' | 'height' | 'fps'>;
  /** Secrets, never shown: passwords, tokens. */
  readonly secrets: Iterable<string>;
  /** Whether it sends pictures alone: ffmpeg then waits for their description as long as for the first picture. */
  readonly picturesAlone?: boolean;
  /** Lines that ffmpeg prints about its failures. Default: those about networks and files. */
  readonly stderr?: StderrRows;
  /** Emits progress, then one input for the ffmpeg at hand, and completes; errors with an RxcamError. */
  prepare(facts: FfmpegFacts): Observable<Preparation>;
}
