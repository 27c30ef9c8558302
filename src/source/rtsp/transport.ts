/** The transport: which ones ffmpeg may request, and the one that a camera grants in its answer to SETUP. */
import { isIP } from 'node:net';
import { type RxcamError, SourceRefused } from '../../core/errors/errors.js';
import { canonicalHost } from '../client/index.js';
import type { Transport } from '../source-kind.js';
import type { DescribeTarget } from './describe.js';
import { transportFailure } from './failures.js';
import { type Message, headerValue, withoutHeaders } from './message-reader.js';

/**
 * Chooses among the transports that ffmpeg requests. ffmpeg requests one after the other while the answer is 461, so the relay itself
 * answers 461 to those that are not wanted. The build of 2018 has no option for the transport, and requests UDP first.
 */
export class TransportChoice {
  readonly #tried = new Set<string>();

  /** @param acceptsOptions - whether ffmpeg requests `first` first */
  constructor(readonly transport: Transport, readonly first: 'tcp' | 'udp', readonly acceptsOptions: boolean) {}

  /** Whether the request is passed on to the camera. @param header - the Transport of a SETUP */
  allows(header: string): boolean {
    const over = /multicast/i.test(header) ? 'multicast' : transportIn(header);
    const wanted = this.transport === 'auto' ? over !== 'multicast' && (this.#tried.size > 0 || over === this.first) : over === this.transport;
    if (wanted) this.#tried.add(over);
    return wanted;
  }

  /** Whether ffmpeg requests another one after a 461. */
  get hasAnother(): boolean {
    return this.transport === 'auto' && this.#tried.size < 2 && (this.acceptsOptions || this.#tried.has('udp'));
  }
}

/** A granted transport, and the answer for ffmpeg. */
export interface Granted {
  readonly transport: 'tcp' | 'udp';
  readonly answer: Message;
}

/**
 * Checks a successful answer to SETUP, and completes it for ffmpeg. Over UDP it must state where packets come from, because ffmpeg
 * knows only the address of the relay.
 * @param camera - the camera's address in the connection
 */
export function grantedTransport(
  request: Message, answer: Message, camera: string, target: DescribeTarget,
): Granted | { readonly failure: RxcamError } {
  const wanted = transportIn(headerValue(request.lines, 'transport') ?? '');
  const line = headerValue(answer.lines, 'transport');
  if (line === undefined) return { transport: wanted, answer };
  const granted = transportIn(line);
  if (granted !== wanted) {
    const what = `'${target.shown}' answers SETUP over ${wanted.toUpperCase()} with ${granted.toUpperCase()}`;
    return { failure: transportFailure(what, wanted) };
  }
  if (granted === 'tcp') return { transport: granted, answer };
  const own = canonicalHost(camera.replace(/^::ffff:/i, ''));
  const source = /;\s*source=([^;,\s]*)/i.exec(line)?.[1];
  const from = source === undefined || source === '' ? own : canonicalHost(source);
  // A camera with several addresses may send from another one. Names, which would need a lookup, are not accepted.
  if (isIP(from) === 0 || (from !== own && !target.rules.allowsAddress(from))) {
    return { failure: new SourceRefused(`'${target.shown}' would send from '${from.slice(0, 100)}', which is not allowed`) };
  }
  const header = `${line.replace(/;\s*source=[^;,\s]*/i, '')};source=${from}`;
  return { transport: granted, answer: { ...answer, lines: [...withoutHeaders(answer.lines, 'transport'), `Transport: ${header}`] } };
}

function transportIn(header: string): 'tcp' | 'udp' {
  return /RTP\/S?AVPF?\/TCP/i.test(header) || /interleaved=/i.test(header) ? 'tcp' : 'udp';
}
