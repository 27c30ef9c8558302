/** RTSP cameras, over TCP by default. */
import { map } from 'rxjs';
import { SOURCE } from '../defaults.js';
import { InvalidOption } from '../errors.js';
import { HostRules } from './hosts/index.js';
import { ffconcat } from './ffconcat.js';
import type { FfmpegFacts } from '../ffmpeg-facts.js';
import { normalizeUrl, redactUrl, secretsOf } from '../redact.js';
import { liveOptions } from './live.js';
import { checked, resolved } from './resolve.js';
import type { SourceInput, SourceKind, SourceOptions } from './source.js';

/** What ffmpeg may open for an RTSP source; `pipe` is the script on its stdin. */
const PROTOCOLS = 'pipe,rtsp,rtsps,rtp,srtp,udp,tcp,tls,crypto';

export const rtsp: SourceKind = {
  takes: 'rtsp://host/path or rtsps://host/path',
  match(address, options) {
    if (!/^rtsps?:\/\//i.test(address)) return undefined;
    const url = normalizeUrl(address);
    if (!URL.canParse(url) || new URL(url).hostname === '') {
      throw new InvalidOption(`source: '${redactUrl(address)}' given; allowed: rtsp://[user:password@]host[:port]/path`);
    }
    const { hostname } = new URL(url);
    const rules = new HostRules(options.hosts ?? {}, hostname);
    rules.checkOwn(redactUrl(address));
    return {
      kind: 'rtsp',
      address: redactUrl(address),
      live: true,
      endless: true,
      remote: true,
      secrets: secretsOf(address),
      prepare: (facts) => (facts.major < 5 ? resolved(url, hostname, rules) : checked(url, hostname, rules)).pipe(
        map((reachable) => ({ type: 'input', input: rtspInput(reachable, options, facts) })),
      ),
    };
  },
};

function rtspInput(url: string, options: SourceOptions, facts: FfmpegFacts): SourceInput {
  const transport = options.transport ?? SOURCE.transport;
  const script = ffconcat(facts.concatOptions ? url : withTransport(url, transport), {
    rtsp_transport: transport,
    allowed_media_types: 'video',
    [facts.rtspTimeout]: options.readTimeoutMs * 1000,
    ...liveOptions(options),
    ...(transport === 'udp' && options.latency === 'low' && { reorder_queue_size: 0 }),
  }, { supportsOption: facts.concatOptions });
  return {
    options: ['-f', 'concat', '-safe', '0', '-protocol_whitelist', PROTOCOLS],
    url: 'pipe:0',
    script,
    ...(!facts.concatOptions && {
      warning: `ffmpeg ${facts.version} takes no options with an address on its stdin: transport ${transport} is asked for in the address, buffer and latency options have no effect`,
    }),
  };
}

/** The RTSP demuxer takes its transport from the query of the address as well, and removes it there. */
function withTransport(url: string, transport: string): string {
  return `${url}${url.includes('?') ? '&' : '?'}${transport}`;
}
