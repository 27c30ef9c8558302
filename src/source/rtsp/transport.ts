/** The transport of a camera, as granted in its answer to SETUP. */
import { isIP } from 'node:net';
import { type RxcamError, SourceRefused } from '../../core/errors/errors.js';
import { canonicalHost } from '../client/index.js';
import type { Transport } from '../source.js';
import type { Target } from './describe.js';
import { transportFailure } from './failures.js';
import { type Message, valueOf, without } from './message.js';

/**
 * Which transports ffmpeg may ask the camera for. ffmpeg asks for one after the other while the answer is 461: those that are not
 * wanted get it from here. The build of 2018 takes no option for it, and asks for UDP first.
 */
export class TransportChoice {
  readonly #tried = new Set<string>();

  /** @param takesOptions - whether ffmpeg's order is that of `first` */
  constructor(readonly transport: Transport, readonly first: 'tcp' | 'udp', readonly takesOptions: boolean) {}

  /** Whether the camera is asked. @param asked - the Transport of a SETUP */
  takes(asked: string): boolean {
    const over = /multicast/i.test(asked) ? 'multicast' : overOf(asked);
    const wanted = this.transport === 'auto' ? over !== 'multicast' && (this.#tried.size > 0 || over === this.first) : over === this.transport;
    if (wanted) this.#tried.add(over);
    return wanted;
  }

  /** Whether ffmpeg asks for the other one after 461. */
  get hasAnother(): boolean {
    return this.transport === 'auto' && this.#tried.size < 2 && (this.takesOptions || this.#tried.has('udp'));
  }
}

export interface Granted {
  readonly over: 'tcp' | 'udp';
  readonly answer: Message;
}

/**
 * The answer for ffmpeg, which takes the door for the camera: over UDP it must be told where packets come from.
 * @param camera - address that is connected to
 */
export function granted(request: Message, answer: Message, camera: string, target: Target): Granted | { readonly failure: RxcamError } {
  const wanted = overOf(valueOf(request.lines, 'transport') ?? '');
  const line = valueOf(answer.lines, 'transport');
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
  // A camera of several addresses sends from another one; a name would have to be looked up, and none is needed.
  if (isIP(from) === 0 || (from !== own && !target.rules.mayBe(from))) {
    return { failure: new SourceRefused(`'${target.shown}' wants to send from '${from.slice(0, 100)}', which it may not lead to`) };
  }
  const told = `${line.replace(/;\s*source=[^;,\s]*/i, '')};source=${from}`;
  return { over, answer: { ...answer, lines: [...without(answer.lines, 'transport'), `Transport: ${told}`] } };
}

function overOf(transport: string): 'tcp' | 'udp' {
  return /RTP\/S?AVPF?\/TCP/i.test(transport) || /interleaved=/i.test(transport) ? 'tcp' : 'udp';
}
