/** How ffmpeg reads from HTTP by itself: a live stream, or a file in place. */
import { DOWNLOAD } from '../limits.js';
import type { FfmpegFacts } from '../ffmpeg-facts.js';
import { ffconcat } from './ffconcat.js';
import type { Nature } from './http-answer.js';
import { liveOptions } from './live.js';
import type { SourceInput, SourceOptions } from './source.js';

/**
 * What ffmpeg may open: `pipe` is the script on its stdin, `crypto` and `data` are the encrypted segments of a playlist
 * and their keys, `httpproxy` is what https goes through where a proxy is set. Never `file`: a playlist comes from afar.
 */
const PROTOCOLS = 'pipe,http,https,httpproxy,tcp,tls,crypto,data';

/** A stream without an end. */
export function liveInput(url: URL, nature: Nature, options: SourceOptions, facts: FfmpegFacts): SourceInput {
  return scripted(url, {
    ...common(options),
    // Measured: with nobuffer a playlist loses the pictures that were read to know the stream.
    ...(nature !== 'playlist' && liveOptions({ ...options, bufferBytes: undefined })),
    // The demuxer of multipart JPEG takes every stream for 25 fps: the time of arrival is all there is.
    ...(nature === 'multipart' && { use_wallclock_as_timestamps: 1 }),
  }, [], facts);
}

/** A file that stays where it is; ffmpeg goes on after a cut by itself, as long as the server takes ranges. */
export function inPlaceInput(url: URL, options: SourceOptions, facts: FfmpegFacts): SourceInput {
  const paced = options.pace === 'realtime';
  const settings = { ...common(options), reconnect: 1, reconnect_delay_max: DOWNLOAD.inPlaceReconnectS };
  return { ...scripted(url, settings, paced ? ['-re'] : [], facts), paced };
}

/** `rw_timeout` and not `timeout`: the segments of a playlist get only the former. */
function common(options: SourceOptions): Record<string, string | number> {
  return { rw_timeout: options.readTimeoutMs * 1_000, user_agent: DOWNLOAD.userAgent };
}

function scripted(url: URL, settings: Record<string, string | number>, before: string[], facts: FfmpegFacts): SourceInput {
  return {
    options: [...before, '-f', 'concat', '-safe', '0', '-protocol_whitelist', PROTOCOLS],
    url: 'pipe:0',
    answered: true,
    script: ffconcat(url.href, settings, { supportsOption: facts.concatOptions }),
    ...(!facts.concatOptions && {
      warning: `ffmpeg ${facts.version} takes no options with an address on its stdin: read timeout, latency and the time of arrival of multipart pictures have no effect`,
    }),
  };
}
