/** How ffmpeg reads from HTTP: a stream through its stdin, a source of several requests through the gate. */
import { Observable, type Subscriber } from 'rxjs';
import { SOURCE } from '../../core/defaults/defaults.js';
import { DOWNLOAD } from '../../core/defaults/limits.js';
import type { RxcamError } from '../../core/errors/errors.js';
import { ONLY_CONTAINERS, ONLY_PLAYLISTS } from './formats.js';
import { type GateSession, WebSession, takePlace } from './gate/index.js';
import { feed } from './feed.js';
import type { RequestTarget, Stream } from '../client/index.js';
import { liveOptions } from './live.js';
import type { SourceInput } from '../../core/source.js';
import type { SourceReadOptions } from '../source-kind.js';

/** Protocols that ffmpeg may use through the gate; `crypto` and `data` are for encrypted segments and their keys. Never `file`. */
export const GATED = ['http', 'tcp', 'crypto', 'data'] as const;

/** The address that a source is read from, and its requests. */
type From = Omit<RequestTarget, 'signal'>;

/** A stream without an end. */
export async function liveInput(from: From, nature: Stream, options: SourceReadOptions): Promise<SourceInput> {
  // Measured: with nobuffer, a playlist loses the pictures that were read to probe the stream.
  if (nature === 'playlist') return gatedInput(from, [...ONLY_PLAYLISTS, ...common(options)], options);
  return {
    options: [
      ...ONLY_CONTAINERS, ...words(liveOptions({ ...options, bufferBytes: undefined })),
      // The demuxer of multipart JPEG assumes 25 fps for every stream, so the time of arrival is used.
      // Otherwise the ffmpeg program, unlike its libraries, waits seconds for MPEG-TS programmes that a later packet may announce.
      ...(nature === 'transport' ? ['-f', 'mpegts', '-scan_all_pmts', '0'] : []),
      ...(nature === 'multipart' ? ['-f', 'mpjpeg', '-use_wallclock_as_timestamps', '1'] : []),
    ],
    protocols: ['pipe'],
    url: 'pipe:0',
    answered: true,
    beside: feed(from, nature === 'multipart'),
  };
}

/** A file read in place; after an interruption ffmpeg continues by itself, if the server supports ranges. */
export async function inPlaceInput(from: From, options: SourceReadOptions): Promise<SourceInput> {
  const paced = options.pace === 'realtime';
  const input = await gatedInput(from, [
    ...ONLY_CONTAINERS, ...common(options), '-reconnect', '1', '-reconnect_delay_max', String(DOWNLOAD.inPlaceReconnectS),
  ], options);
  return { ...input, paced };
}

async function gatedInput(from: From, args: readonly string[], { stream }: SourceReadOptions): Promise<SourceInput> {
  const choice = stream ?? SOURCE.stream;
  return throughGate(args, (refused, signal) => new WebSession({ target: { ...from, signal }, choice, refused }));
}

/** An input that is read through the gate while a process lives. */
export async function throughGate(
  options: readonly string[], make: (refused: (error: RxcamError) => void, signal: AbortSignal) => GateSession,
): Promise<SourceInput> {
  const place = await takePlace();
  return {
    options,
    protocols: GATED,
    url: place.url,
    env: place.env,
    answered: true,
    beside: () => new Observable((subscriber: Subscriber<never>) => {
      const controller = new AbortController();
      const close = place.open(make((error) => { subscriber.error(error); }, controller.signal));
      return () => {
        close();
        controller.abort();
      };
    }),
  };
}

/** `rw_timeout`, not `timeout`: ffmpeg passes only the former on to the segments of a playlist. */
function common(options: SourceReadOptions): string[] {
  return ['-rw_timeout', String(options.readTimeoutMs * 1_000)];
}

function words(options: Readonly<Record<string, string | number>>): string[] {
  return Object.entries(options).flatMap(([name, value]) => [`-${name}`, String(value)]);
}
