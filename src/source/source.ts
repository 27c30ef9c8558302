/** The interface of a kind of source, and the options for reading. */
import type { SecretPlaces } from '../core/redact/secret-places.js';
import type { Source, StreamChoice } from '../core/source.js';
import type { HostsConfig } from './client/index.js';

/** How RTSP sends pictures. */
export type Transport = 'tcp' | 'udp' | 'auto';

/** The pace of pictures: as fast as they are consumed, or the source's own. */
export type Pace = 'asap' | 'realtime';

/** Options of `camera` that concern the reading of a source; each kind uses those that apply to it. */
export interface SourceOptions {
  /** RTSP: `tcp` (default), `udp`, or `auto`: TCP, and UDP if the camera offers no TCP. */
  readonly transport?: Transport | undefined;
  /** Live sources: size of the socket's or device's buffer in bytes. */
  readonly bufferBytes?: number | undefined;
  /** Live sources: `low` reads frames as they arrive, `smooth` (default) waits up to 0.5 s for packets out of order. */
  readonly latency?: 'low' | 'smooth' | undefined;
  /** Threads of the decoder; 1 (default) costs the least CPU and memory. 0 lets ffmpeg choose. */
  readonly decoderThreads?: number | undefined;
  /** Which of several video streams. Default `largest`. */
  readonly stream?: StreamChoice | undefined;
  /** Files and the test pattern. */
  readonly pace?: Pace | undefined;
  /** HTTP files: download into the cache first (default), or read in place. */
  readonly download?: boolean | undefined;
  /** HTTP files: folder of the cache. */
  readonly cacheDir?: string | undefined;
  /** HTTP files: the largest download in bytes. */
  readonly maxDownloadBytes?: number | undefined;
  /** HTTP files: minimum rate of a download, in bytes a second over a minute; 0 sets none. */
  readonly minDownloadBytesPerSecond?: number | undefined;
  /** Files: whether a playlist may name files outside its own folder. */
  readonly allowLocalPlaylists?: boolean | undefined;
  /** RTSP and HTTP: hosts that the source may and may not lead to. */
  readonly hosts?: HostsConfig | undefined;
  /** Devices: frame rate and picture size to request. */
  readonly fps?: number | undefined;
  readonly size?: { readonly width: number; readonly height: number } | undefined;
  /** Live sources: time without a byte after which ffmpeg itself closes the connection; ms. */
  readonly readTimeoutMs: number;
}

/** A kind of source. A new kind implements it and adds a line to the index. */
export interface SourceKind {
  /** The addresses that it accepts, for the message about an address of no kind. */
  readonly takes: string;
  /** All protocols that ffmpeg may use for any of its addresses. */
  readonly protocols: readonly string[];
  /** Places of logins in its addresses, other than before an `@`: its row in the table of secret places. */
  readonly secrets: SecretPlaces | 'none';
  /** Whether an address may contain a line break. */
  readonly takesBreaks?: true;
  /** The source; undefined if the address is of another kind. Throws InvalidOption for a wrong address of this kind. */
  match(address: string, options: SourceOptions): Source | undefined;
}
