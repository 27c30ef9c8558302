/** The interface of a source: what the address is, and how ffmpeg reads it. */
import type { Writable } from 'node:stream';
import type { Observable } from 'rxjs';
import type { FfmpegFacts } from './engine/ffmpeg-facts.js';
import type { StderrRows } from './errors/stderr-rows.js';
import type { SourceInfo } from './frame/frame.js';

/** Which video stream of a source that has several: the first, the largest, or that of a number, counted from 0. */
export type StreamChoice = 'first' | 'largest' | number;

/** What ffmpeg is to open. */
export interface SourceInput {
  /** Options before `-i`, each a word of its own. */
  readonly options: readonly string[];
  readonly url: string;
  /** Protocols that ffmpeg may open it with, and whatever it names; none of a device. All others are refused. */
  readonly protocols: readonly string[];
  /** Sent to ffmpeg's stdin: the way an address with credentials stays out of the process list. */
  readonly script?: string;
  /** Variables of ffmpeg's environment: seen by nobody else, as its arguments are. */
  readonly env?: Readonly<Record<string, string>>;
  /** Runs as long as the process does, whose stdin it gets: writes to it, or answers what it asks for. Errors with an RxcamError. */
  readonly beside?: (stdin: Writable) => Observable<never>;
  /**
   * Whether it is read at its own pace: then it is sought to go on in the middle, and may go on a keyframe later. What is
   * read as fast as it goes is read from the start, which is exact in any container.
   */
  readonly paced?: boolean;
  /** Whether the source has answered already: the wait is for its first picture from here on. */
  readonly answered?: boolean;
  /** Something that the user should know of this input, told as an event. */
  readonly warning?: string;
}

/** A step on the way to an input. */
export type Preparation =
  /** Work goes on: the connection's timeout starts anew. */
  | { readonly type: 'progress' }
  | { readonly type: 'input'; readonly input: SourceInput };

/** Where video comes from: an address that `camera` has recognised, or one of your own kind. */
export interface Source {
  /** `rtsp`, `file` … */
  readonly kind: string;
  /** Address without credentials. */
  readonly address: string;
  /** Whether it goes on while nobody reads. */
  readonly live: boolean;
  /** Whether its end is a failure: a live camera has none. */
  readonly endless: boolean;
  /** Whether it comes over a network, from who knows whom. */
  readonly remote: boolean;
  /** What its address says of its pictures. */
  readonly expected?: Pick<SourceInfo, 'width' | 'height' | 'fps'>;
  /** What must never be shown: passwords, tokens. */
  readonly secrets: Iterable<string>;
  /** Whether it sends pictures alone: ffmpeg then waits for their description as long as for the first picture. */
  readonly picturesAlone?: boolean;
  /** What ffmpeg prints of its failures. Default: what it prints of networks and files. */
  readonly stderr?: StderrRows;
  /** Emits progress, then one input for the ffmpeg at hand, and completes; errors with an RxcamError. */
  prepare(facts: FfmpegFacts): Observable<Preparation>;
}
