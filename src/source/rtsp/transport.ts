/** The transport of a camera, as granted in its answer to SETUP. */
import { isIP } from 'node:net';
import { type RxcamError, SourceRefused } from '../../core/errors/errors.js';
import { canonicalHost } from '../client/index.js';
import type { Transport } from '../source-kind.js';
import type { DescribeTarget } from './describe.js';
import { transportFailure } from './failures.js';
import { type Message, headerValue, withoutHeaders } from './message.js';

/**
 * The transports that ffmpeg may request from the camera. ffmpeg requests one after the other while the answer is 461, so for
 * unwanted ones rxcam answers 461 itself. The build of 2018 has no option for the transport, and requests UDP first.
 */
export class TransportChoice {
  readonly #tried = new Set<string>();

  /** @param takesOptions - whether ffmpeg requests `first` first */
  constructor(readonly transport: Transport, readonly first: 'tcp' | 'udp', readonly takesOptions: boolean) {}

  /** Whether the request is passed on to the camera. @param asked - the Transport of a SETUP */
  takes(asked: string): boolean {
    const over = /multicast/i.test(asked) ? 'multicast' : overOf(asked);
    const wanted = this.transport === 'auto' ? over !== 'multicast' && (this.#tried.size > 0 || over === this.first) : over === this.transport;
    if (wanted) this.#tried.add(over);
    return wanted;
  }

  /** Whether ffmpeg requests another one after a 461. */
  get hasAnother(): boolean {
    return this.transport === 'auto' && this.#tried.size < 2 && (this.takesOptions || this.#tried.has('udp'));
  }
}

export interface Granted {
  readonly over: 'tcp' | 'udp';
  readonly answer: Message;
}

/**
 * The answer for ffmpeg. Over UDP it must state where packets come from, because ffmpeg takes the relay for the camera.
 * @param camera - address of the connection
 */
export function grantedTransport(
  request: Message, answer: Message, camera: string, target: DescribeTarget,
): Granted | { readonly failure: RxcamError } {
  const wanted = overOf(headerValue(request.lines, 'transport') ?? '');
  const line = headerValue(answer.lines, 'transport');
  if (line === undefined) return { over: wanted, answer };
  const over = overOf(line);
  if (over !== wanted) {
    const what = `'${target.shown}' answers SETUP over ${wanted.toUpperCase()} with ${over.toUpperCase()}`;
    return { failure: transportFailure(what, wanted) };
  }
  if (over === 'tcp') return { over, answer };
  const own = canonicalHost(camera.replace(/^::ffff:/i, ''));
  const source = /;\s*source=([^;,\s]*)/i.exec(line)?.[1];
  const from = source === undefined || source === '' ? own : canonicalHost(source);
  // A camera with several addresses may send from another one. Names, which would need a lookup, are not accepted.
  if (isIP(from) === 0 || (from !== own && !target.rules.mayBe(from))) {
    return { failure: new SourceRefused(`'${target.shown}' would send from '${from.slice(0, 100)}', which is not allowed`) };
  }
  const transport = `${line.replace(/;\s*source=[^;,\s]*/i, '')};source=${from}`;
  return { over, answer: { ...answer, lines: [...withoutHeaders(answer.lines, 'transport'), `Transport: ${transport}`] } };
}

function overOf(transport: string): 'tcp' | 'udp' {
  return /RTP\/S?AVPF?\/TCP/i.test(transport) || /interleaved=/i.test(transport) ? 'tcp' : 'udp';
}
