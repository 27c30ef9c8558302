/** Connects to a camera, at an address that was checked, with TLS for rtsps. */
import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { type RxcamError, SourceRefused } from '../../core/errors/errors.js';
import { type HostRules, type Reasons, canonicalHost, networkFailure } from '../client/index.js';

const PORTS: Readonly<Record<string, number>> = { 'rtsp:': 554, 'rtsps:': 322 };

const CLOSED_EARLY = 'the connection was closed before the source described itself';
const REASONS: Reasons = { ECONNRESET: CLOSED_EARLY, EPIPE: CLOSED_EARLY, EPROTO: 'the server does not speak TLS: is it rtsp://?' };

/** First bytes of servers that users may name in place of a camera, with their protocol. */
const GREETINGS: readonly (readonly [pattern: RegExp, protocol: string])[] = [
  [/^HTTP\/\d/, 'HTTP'], [/^SSH-/, 'SSH'], [/^-(?:ERR|NOAUTH|DENIED|MISCONF|LOADING)\b/, 'the protocol of Redis'], [/^220[ -]/, 'FTP or SMTP'],
  [/^\x15\x03/, 'TLS: is it rtsps://?'],
];

/** The server at the address uses another protocol. */
export class NotRtsp extends Error {}

/** The error of a server whose first bytes are those of another protocol; undefined for others. */
export function notRtsp(head: string): NotRtsp | undefined {
  const protocol = GREETINGS.find(([pattern]) => pattern.test(head))?.[1];
  return protocol === undefined ? undefined : new NotRtsp(`another service than RTSP answers at this port: ${protocol}`);
}

/** Turns a network error into a failure of the source. */
export function rtspFailure(cause: unknown, shown: string): RxcamError {
  if (cause instanceof NotRtsp) return new SourceRefused(`'${shown}' cannot be read: ${cause.message}`, { cause });
  return networkFailure(cause, shown, REASONS);
}

/** The port of an address, or the default one of its protocol. */
export function portOf({ protocol, port }: URL): number {
  return port === '' ? PORTS[protocol] ?? 554 : Number(port);
}

/** Resolves with a connection to the first address of the host that accepts one. Rejects with an RxcamError. */
export async function connectTo(url: URL, rules: HostRules, signal: AbortSignal, shown: string): Promise<Socket> {
  const host = canonicalHost(url.hostname);
  let failure: unknown;
  try {
    for (const { address } of await rules.resolve(host)) {
      if (signal.aborted) break;
      try {
        return await connectToAddress(address, host, url, signal);
      } catch (error) {
        failure ??= error;
      }
    }
  } catch (error) {
    failure = error;
  }
  throw rtspFailure(failure, shown);
}

function connectToAddress(address: string, host: string, url: URL, signal: AbortSignal): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const isTls = url.protocol === 'rtsps:';
    const target = { host: address, port: portOf(url) };
    const socket = isTls
      // Cameras have self-signed and outdated certificates: here TLS protects the password only against eavesdropping.
      ? connectTls({ ...target, ...(isIP(host) === 0 && { servername: host }), rejectUnauthorized: false, minVersion: 'TLSv1', ciphers: 'DEFAULT@SECLEVEL=0' })
      : connectTcp(target);
    const abort = () => { socket.destroy(new Error('the connection is no longer needed')); };
    signal.addEventListener('abort', abort, { once: true });
    const fail = (error: Error) => {
      signal.removeEventListener('abort', abort);
      reject(error);
    };
    socket.once('error', fail);
    socket.once(isTls ? 'secureConnect' : 'connect', () => {
      signal.removeEventListener('abort', abort);
      socket.off('error', fail);
      socket.setNoDelay(true);
      resolve(socket);
    });
  });
}
