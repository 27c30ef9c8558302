/** The interface of a kind of source, and the options that it may take. */
import type { SecretPlaces } from '../core/redact/secret-places.js';
import type { Source, StreamChoice } from '../core/source.js';
import type { HostsConfig } from './client/index.js';

/** How RTSP sends pictures. */
export type Transport = 'tcp' | 'udp' | 'auto';

/** The pace of pictures: as fast as they are taken, or the source's own. */
export type Pace = 'asap' | 'realtime';

/** Options of `camera` that concern the reading of a source; each kind uses those that apply to it. */
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
  readonly minDownloadBytesPerSecond?: number | undefined;
  /** Files: whether a playlist may name files outside its own folder. */
  readonly allowLocalPlaylists?: boolean | undefined;
  /** RTSP and HTTP: hosts that the source may and may not lead to. */
  readonly hosts?: HostsConfig | undefined;
  /** Devices: frame rate and picture size to request. */
  readonly fps?: number | undefined;
  readonly size?: { readonly width: number; readonly height: number } | undefined;
  /** Live sources: ms without a byte after which ffmpeg itself closes the connection. */
  readonly readTimeoutMs: number;
}

/** A kind of source: the only thing that a new one adds, besides its line in the index. */
export interface SourceKind {
  /** The addresses it takes, for the message about an address that none takes. */
  readonly takes: string;
  /** All protocols that ffmpeg may use for any of its addresses. */
  readonly protocols: readonly string[];
  /** Places of logins in its addresses, besides before an `@`: its row of the secret places. */
  readonly secrets: SecretPlaces | 'none';
  /** Whether a line break may be in an address. */
  readonly takesBreaks?: true;
  /** The source, if the address is of this kind; throws InvalidOption if it is, but wrong. */
  match(address: string, options: SourceOptions): Source | undefined;
}
