/** Makes inputs of HTTP sources: a stream on ffmpeg's stdin, or the gate for a source of several requests. */
import { Observable, type Subscriber } from 'rxjs';
import { SOURCE } from '../../core/defaults/defaults.js';
import { DOWNLOAD } from '../../core/defaults/limits.js';
import type { RxcamError } from '../../core/errors/errors.js';
import { ONLY_CONTAINERS, ONLY_PLAYLISTS } from './containers.js';
import { type GateSession, WebSession, reserveEndpoint } from './gate/index.js';
import { feed } from './body-feed.js';
import type { RequestTarget, Stream } from '../client/index.js';
import { liveOptions } from './live-options.js';
import type { SourceInput } from '../../core/source.js';
import type { SourceReadOptions } from '../source-kind.js';

/** Protocols that ffmpeg may use through the gate; `crypto` and `data` are for encrypted segments and their keys. Never `file`. */
export const GATED = ['http', 'tcp', 'crypto', 'data'] as const;

/** The parameters of a source's requests; the signal is that of its process. */
type StreamTarget = Omit<RequestTarget, 'signal'>;

/** The input for a live stream. */
export async function liveInput(from: StreamTarget, nature: Stream, options: SourceReadOptions): Promise<SourceInput> {
  // Measured: with nobuffer, a playlist loses the pictures that were read to probe the stream.
  if (nature === 'playlist') return gatedInput(from, [...ONLY_PLAYLISTS, ...timeoutOptions(options)], options);
  return {
    options: [
      ...ONLY_CONTAINERS, ...argumentsOf(liveOptions({ ...options, bufferBytes: undefined })),
      // The demuxer of multipart JPEG assumes 25 fps for every stream, so the times of arrival are used.
      // Without scan_all_pmts, the ffmpeg program, unlike its libraries, waits seconds for MPEG-TS programmes that may be announced later.
      ...(nature === 'transport' ? ['-f', 'mpegts', '-scan_all_pmts', '0'] : []),
      ...(nature === 'multipart' ? ['-f', 'mpjpeg', '-use_wallclock_as_timestamps', '1'] : []),
    ],
    protocols: ['pipe'],
    url: 'pipe:0',
    answered: true,
    beside: feed(from, nature === 'multipart'),
  };
}

/** The input for a file that is read in place; after an interruption, ffmpeg itself continues if the server supports ranges. */
export async function inPlaceInput(from: StreamTarget, options: SourceReadOptions): Promise<SourceInput> {
  const paced = options.pace === 'realtime';
  const input = await gatedInput(from, [
    ...ONLY_CONTAINERS, ...timeoutOptions(options), '-reconnect', '1', '-reconnect_delay_max', String(DOWNLOAD.inPlaceReconnectS),
  ], options);
  return { ...input, paced };
}

async function gatedInput(from: StreamTarget, args: readonly string[], { stream }: SourceReadOptions): Promise<SourceInput> {
  const choice = stream ?? SOURCE.stream;
  return throughGate(args, (refused, signal) => new WebSession({ target: { ...from, signal }, choice, refused }));
}

/** An input that is read through the gate, which answers while the process runs. */
export async function throughGate(
  options: readonly string[], make: (refused: (error: RxcamError) => void, signal: AbortSignal) => GateSession,
): Promise<SourceInput> {
  const endpoint = await reserveEndpoint();
  return {
    options,
    protocols: GATED,
    url: endpoint.url,
    env: endpoint.env,
    answered: true,
    beside: () => new Observable((subscriber: Subscriber<never>) => {
      const controller = new AbortController();
      const close = endpoint.open(make((error) => { subscriber.error(error); }, controller.signal));
      return () => {
        close();
        controller.abort();
      };
    }),
  };
}

/** `rw_timeout`, not `timeout`, because ffmpeg applies only the former to the segments of a playlist. */
function timeoutOptions(options: SourceReadOptions): string[] {
  return ['-rw_timeout', String(options.readTimeoutMs * 1_000)];
}

function argumentsOf(options: Readonly<Record<string, string | number>>): string[] {
  return Object.entries(options).flatMap(([name, value]) => [`-${name}`, String(value)]);
}
