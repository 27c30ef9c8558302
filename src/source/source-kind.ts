/** The interface of a kind of source, and the options for reading. */
import type { SecretPlaces } from '../core/redact/secret-places.js';
import type { Source, StreamChoice } from '../core/source.js';
import type { HostsConfig } from './client/index.js';

/** How RTSP sends pictures. */
export type Transport = 'tcp' | 'udp' | 'auto';

/** The pace of pictures: as fast as they are consumed, or the source's own. */
export type Pace = 'asap' | 'realtime';

/** Options of `camera` for reading a source; each kind uses those that apply to it. */
export interface SourceOptions {
  /** RTSP: `tcp` (default), `udp`, or `auto`: TCP, or UDP if the camera does not offer TCP. */
  readonly transport?: Transport | undefined;
  /** Live sources: size of the socket's (or, with dshow, the device's) buffer in bytes. Default: the system's. */
  readonly bufferBytes?: number | undefined;
  /** Live sources: `smooth` (default) waits up to 0.5 s for packets out of order, `low` does not. */
  readonly latency?: 'low' | 'smooth' | undefined;
  /** Threads of the decoder: 1 (default) costs the least CPU and memory, 0 lets ffmpeg choose. */
  readonly decoderThreads?: number | undefined;
  /** Which video stream of several: `largest` (default), `first`, or its number, counted from 0. */
  readonly stream?: StreamChoice | undefined;
  /** Files and `test:`: read as fast as frames are processed, or at the source's rate. Default `asap` for files, `realtime` for `test:`. */
  readonly pace?: Pace | undefined;
  /** HTTP files: download into the cache first (default true), or read in place. */
  readonly download?: boolean | undefined;
  /** HTTP files: folder of the cache. Default: `rxcam` in the user's cache folder. */
  readonly cacheDir?: string | undefined;
  /** HTTP files: largest download in bytes. Default 4 GiB. */
  readonly maxDownloadBytes?: number | undefined;
  /** HTTP files: least rate of a download, in bytes a second over a minute; a slower one fails. Default 1,000; 0 for no limit. */
  readonly minDownloadBytesPerSecond?: number | undefined;
  /** Files: whether a playlist may name files outside its own folder. Default false. */
  readonly allowLocalPlaylists?: boolean | undefined;
  /**
   * RTSP and HTTP: hosts that the camera may connect to, by its address, redirects, playlists and keys: `allow` (then only
   * these) and `deny`, each with names, `*.names`, addresses or CIDR blocks. Default: all except link-local addresses and the
   * metadata services of clouds, unless the camera's own address is one.
   */
  readonly hosts?: HostsConfig | undefined;
  /** Devices: frame rate to request, in frames per second. */
  readonly fps?: number | undefined;
  /** Devices: picture size to request, in pixels. */
  readonly size?: { readonly width: number; readonly height: number } | undefined;
}

/** The same, with the timeout that is derived from the time limits of the camera. */
export interface SourceReadOptions extends SourceOptions {
  /** Live sources: time without a byte after which ffmpeg itself closes the connection; ms. */
  readonly readTimeoutMs: number;
}

/** A kind of source. A new one implements this interface, and is added to the list in index.ts. */
export interface SourceKind {
  /** Description of the addresses that it accepts, for the error about an address of no kind. */
  readonly accepts: string;
  /** All protocols that ffmpeg may use for any of its addresses. */
  readonly protocols: readonly string[];
  /** Row in the table of secret places: where its addresses have logins other than before an `@`. */
  readonly secrets: SecretPlaces | 'none';
  /** Whether an address may contain a line break. */
  readonly acceptsLineBreaks?: true;
  /** The source; undefined if the address is of another kind. @throws InvalidOption for a wrong address of this kind */
  match(address: string, options: SourceReadOptions): Source | undefined;
}
