/** RTSP cameras, over TCP by default. */
import type { Writable } from 'node:stream';
import { Observable } from 'rxjs';
import type { ClockDifference } from '../../core/clock.js';
import { SOURCE } from '../../core/defaults/defaults.js';
import { InvalidOption, TransportRefused, failureOf, isRxcamError } from '../../core/errors/errors.js';
import { NETWORK_ROWS } from '../../core/errors/stderr-rows.js';
import type { FfmpegFacts } from '../../core/engine/ffmpeg-facts.js';
import { normalizeUrl, redactInvalidUrl, redactUrl } from '../../core/redact/redact.js';
import { Secrets } from '../../core/redact/secrets.js';
import { ffconcat, liveOptions } from '../input/index.js';
import { HostRules } from '../client/index.js';
import type { Preparation, Source, SourceInput } from '../../core/source.js';
import type { SourceKind, SourceReadOptions, Transport } from '../source-kind.js';
import { type DescribeTarget, type DescribedCamera, describeCamera } from './describe.js';
import { Relay } from './relay.js';
import { TransportChoice } from './transport.js';

/** Protocols that ffmpeg may use for an RTSP source; `pipe` is for the script on its stdin. It reaches the camera only through the relay. */
const PROTOCOLS = ['pipe', 'rtsp', 'rtp', 'srtp', 'udp', 'tcp', 'crypto'] as const;

export const rtsp: SourceKind = {
  accepts: 'rtsp://host/path or rtsps://host/path',
  protocols: PROTOCOLS,
  secrets: 'rtsp',
  match(address, options) {
    if (!/^rtsps?:\/\//i.test(address)) return undefined;
    const url = normalizeUrl(address);
    if (!URL.canParse(url) || new URL(url).hostname === '') {
      throw new InvalidOption(`source: '${redactInvalidUrl(address)}' given; allowed: rtsp://[user:password@]host[:port]/path`);
    }
    return new RtspSource(address, new URL(url), options);
  },
};

class RtspSource implements Source {
  readonly kind = 'rtsp';
  readonly live = true;
  readonly endless = true;
  readonly remote = true;
  readonly picturesAlone = true;
  readonly stderr = NETWORK_ROWS;
  readonly address: string;
  /** Redirects with credentials add to it. */
  readonly secrets: Secrets;
  clock: ClockDifference | undefined;
  readonly #target: DescribeTarget;
  /** With `auto`: the transport that worked last, requested first. */
  #firstTransport: 'tcp' | 'udp' = 'tcp';

  constructor(address: string, url: URL, readonly options: SourceReadOptions) {
    this.address = redactUrl(address);
    this.secrets = new Secrets(address);
    const rules = new HostRules(options.hosts ?? {}, url.hostname);
    rules.checkOwn(this.address);
    const requested = options.transport ?? SOURCE.transport;
    this.#target = {
      url, rules, shown: this.address, timeoutMs: options.readTimeoutMs,
      // ffmpeg has no UDP with TLS.
      transport: url.protocol === 'rtsps:' ? 'tcp' : requested,
      keepSecret: (found) => { this.secrets.addSecretsOf(found); },
      clock: (difference) => { this.clock = difference; },
    };
  }

  /** Requests the camera's description before ffmpeg starts, on the connection that is then used for playing. */
  prepare(facts: FfmpegFacts): Observable<Preparation> {
    return new Observable((subscriber) => {
      const controller = new AbortController();
      let described: DescribedCamera | undefined;
      const takeDescribed = () => {
        const taken = described;
        described = undefined;
        return taken === undefined || taken.session.isClosed ? undefined : taken;
      };
      describeCamera(this.#target, controller.signal).then((camera) => {
        described = camera;
        subscriber.next({ type: 'input', input: this.#input(facts, takeDescribed) });
        subscriber.complete();
      }, (error: unknown) => { subscriber.error(failureOf(error, `'${this.address}'`, {})); });
      return () => {
        controller.abort();
        takeDescribed()?.session.close();
      };
    });
  }

  #input(facts: FfmpegFacts, take: () => DescribedCamera | undefined): SourceInput {
    return {
      options: ['-f', 'concat', '-safe', '0'],
      protocols: PROTOCOLS,
      url: 'pipe:0',
      answered: true,
      beside: (stdin) => this.#play(facts, take, stdin),
      ...(!facts.concatOptions && {
        warning: `ffmpeg ${facts.version} accepts no options together with an address on its stdin: buffer and latency options have no effect`,
      }),
    };
  }

  /**
   * Writes the relay's address to ffmpeg's stdin, and keeps the relay open while ffmpeg runs. For a second ffmpeg, the description is
   * requested again.
   */
  #play(facts: FfmpegFacts, take: () => DescribedCamera | undefined, stdin: Writable): Observable<never> {
    return new Observable((subscriber) => {
      const controller = new AbortController();
      let relay: Relay | undefined;
      const fail = (error: unknown) => {
        if (this.#target.transport === 'auto' && error instanceof TransportRefused) this.#firstTransport = this.#firstTransport === 'tcp' ? 'udp' : 'tcp';
        subscriber.error(isRxcamError(error) ? error : failureOf(error, `reading '${this.address}'`, {}));
      };
      const run = async () => {
        const camera = take() ?? await describeCamera(this.#target, controller.signal);
        const choice = new TransportChoice(this.#target.transport, this.#firstTransport, facts.concatOptions);
        relay = new Relay(camera, this.#target, choice, { failed: fail, playing: (over) => { this.#firstTransport = over; } });
        if (controller.signal.aborted) relay.close();
        else stdin.end(this.#script(await relay.open(), facts));
      };
      run().catch(fail);
      return () => {
        controller.abort();
        relay?.close();
      };
    });
  }

  #script(relayUrl: string, facts: FfmpegFacts): string {
    const { options } = this;
    const { transport } = this.#target;
    return ffconcat(relayUrl, {
      ...transportSettings(transport, this.#firstTransport),
      allowed_media_types: 'video',
      [facts.rtspTimeout]: options.readTimeoutMs * 1000,
      ...liveOptions(options),
      ...(transport === 'udp' && options.latency === 'low' && { reorder_queue_size: 0 }),
    }, { supportsOption: facts.concatOptions });
  }
}

/** Options for the transport. With both, ffmpeg by default requests UDP first, and after a 461 the other one. */
function transportSettings(transport: Transport, first: 'tcp' | 'udp'): Record<string, string> {
  if (transport !== 'auto') return { rtsp_transport: transport };
  return { rtsp_transport: 'tcp+udp', ...(first === 'tcp' && { rtsp_flags: 'prefer_tcp' }) };
}
