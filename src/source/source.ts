/** The interface of a source: what the address is, and how ffmpeg reads it. */
import type { Writable } from 'node:stream';
import type { Observable } from 'rxjs';
import type { FfmpegFacts } from '../ffmpeg-facts.js';
import type { HostsConfig } from './hosts/index.js';
import type { SourceInfo } from '../frame.js';

/** How RTSP sends pictures. */
export type Transport = 'tcp' | 'udp' | 'auto';

/** How pictures come: as fast as they are taken, or at the source's own pace. */
export type Pace = 'asap' | 'realtime';

/** Which video stream of a source that has several: the first, the largest, or that of a number, counted from 0. */
export type StreamChoice = 'first' | 'largest' | number;

/** Options of `camera` that concern the reading of a source; each kind takes those that mean something to it. */
export interface SourceOptions {
  /** RTSP: `tcp` (default), `udp`, or `auto`: TCP, and UDP where the camera offers no TCP. */
  readonly transport?: Transport | undefined;
  /** Live sources: size of the socket's or device's buffer in bytes. */
  readonly bufferBytes?: number | undefined;
  /** Live sources: `low` takes frames as they come, `smooth` (default) waits up to 0.5 s for packets out of order. */
  readonly latency?: 'low' | 'smooth' | undefined;
  /** Threads of the decoder; 1 (default) costs the least CPU and memory. 0 lets ffmpeg choose. */
  readonly decoderThreads?: number | undefined;
  /** Of several video streams. */
  readonly stream?: StreamChoice | undefined;
  /** Files and the test pattern. */
  readonly pace?: Pace | undefined;
  /** HTTP files: download into the cache first (default), or read in place. */
  readonly download?: boolean | undefined;
  /** HTTP files: folder of the cache. */
  readonly cacheDir?: string | undefined;
  /** HTTP files: the largest download in bytes. */
  readonly maxDownloadBytes?: number | undefined;
  /** HTTP files: the lowest rate of a download, in bytes a second over a minute. */
  readonly minDownloadRate?: number | undefined;
  /** Files: whether a playlist may name files outside its own folder. */
  readonly allowLocalPlaylists?: boolean | undefined;
  /** RTSP and HTTP: hosts that the source may and may not lead to. */
  readonly hosts?: HostsConfig | undefined;
  /** Devices: frames per second and picture size to ask for. */
  readonly fps?: number | undefined;
  readonly size?: { readonly width: number; readonly height: number } | undefined;
  /** Live sources: ms without a byte after which ffmpeg gives the connection up by itself. */
  readonly readTimeoutMs: number;
}

/** What ffmpeg is to open. */
export interface SourceInput {
  /** Options before `-i`, each a word of its own. */
  readonly options: readonly string[];
  readonly url: string;
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

/** A source that has been recognised. */
export interface Source {
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
  /** What must never be shown. */
  readonly secrets: Iterable<string>;
  /** Emits progress, then one input for the ffmpeg at hand, and completes; errors with an RxcamError. */
  prepare(facts: FfmpegFacts): Observable<Preparation>;
}

/** A kind of source: the only thing that a new one adds, besides its line in the index. */
export interface SourceKind {
  /** What it takes, for the message about an address that none takes. */
  readonly takes: string;
  /** Whether a line break may be in an address. */
  readonly takesBreaks?: true;
  /** The source, if the address is of this kind; throws InvalidOption if it is, but wrong. */
  match(address: string, options: SourceOptions): Source | undefined;
}
