/**
 * Makes one HTTP/1.1 request on a separate connection to a checked address, and reads the head of its answer. Neither Node nor ffmpeg
 * can do that: Node's parser refuses heads that cameras send, and ffmpeg does not check addresses.
 */
import net, { type Socket, isIP } from 'node:net';
import tls from 'node:tls';
import { type HostRules, canonicalHost } from '../hosts/index.js';
import { Body, ConnectionClosed } from './body.js';
import { type HttpHeaders, type ResponseHead, HeadReader } from './head.js';

/** A GET request. */
export interface HttpRequest {
  /** Without credentials. */
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly rules: HostRules;
  readonly signal: AbortSignal;
}

/** An answer whose body is not read yet. */
export interface RawHttpResponse {
  readonly status: number;
  readonly headers: HttpHeaders;
  readonly body: Body;
  /** Resolves when the connection is closed. */
  close(): Promise<void>;
}

/** The answer. Rejects with the signal's reason if that is aborted, and with the system's error if there is no answer. */
export async function exchange({ url, headers, rules, signal }: HttpRequest): Promise<RawHttpResponse> {
  const host = url.hostname.replace(/^\[(.*)\]$/s, '$1');
  const addresses = await untilAborted(rules.resolve(host), signal);
  const socket = connect(url, host, addresses);
  const abort = () => socket.destroy(signal.reason as Error);
  signal.addEventListener('abort', abort, { once: true });
  socket.once('close', () => { signal.removeEventListener('abort', abort); });
  const head = await headFrom(socket, requestOf(url, headers));
  const body = new Body(socket, head);
  body.on('error', () => { /* its reader gets the error */ });
  return { status: head.status, headers: head.headers, body, close: () => closed(socket) };
}

function connect(url: URL, host: string, addresses: Awaited<ReturnType<HostRules['resolve']>>): Socket {
  const isTls = url.protocol === 'https:';
  const port = url.port === '' ? (isTls ? 443 : 80) : Number(url.port);
  const canonical = canonicalHost(host);
  const to: net.TcpNetConnectOpts = {
    port, autoSelectFamily: true,
    host: isIP(canonical) === 0 ? host : canonical,
    lookup: (_host, options, callback) => {
      if (options.all === true) (callback as unknown as (error: null, all: typeof addresses) => void)(null, addresses);
      else callback(null, addresses[0]?.address ?? '', addresses[0]?.family);
    },
  };
  return isTls ? tls.connect({ ...to, ALPNProtocols: ['http/1.1'], ...(isIP(canonical) === 0 && { servername: host }) }) : net.connect(to);
}

function requestOf({ pathname, search, host }: URL, headers: Readonly<Record<string, string>>): string {
  const lines = Object.entries({ Host: host, ...headers, Connection: 'close' }).map(([name, value]) => `${name}: ${value}`);
  return `${[`GET ${pathname}${search} HTTP/1.1`, ...lines].join('\r\n')}\r\n\r\n`;
}

/** The head; afterwards the socket is paused. */
function headFrom(socket: Socket, request: string): Promise<ResponseHead> {
  return new Promise((resolve, reject) => {
    const reader = new HeadReader();
    const fail = (error: Error) => {
      socket.destroy();
      reject(error);
    };
    const take = (bytes: Buffer) => {
      try {
        const head = reader.push(bytes);
        if (head === undefined) return;
        socket.pause();
        for (const [name, listener] of [['data', take], ['close', cut]] as const) socket.off(name, listener);
        resolve(head);
      } catch (error) {
        fail(error as Error);
      }
    };
    const cut = () => { fail(new ConnectionClosed()); };
    // Not removed with the others, so that an error is handled between the answer and the listener of the body.
    socket.on('error', fail);
    socket.on('data', take);
    socket.once('close', cut);
    socket.once('end', () => undefined);
    socket.write(request);
  });
}

function closed(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    if (socket.closed) resolve();
    else socket.once('close', () => { resolve(); });
    socket.destroy();
  });
}

async function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  signal.throwIfAborted();
  return new Promise<T>((resolve, reject) => {
    const abort = () => { reject(signal.reason as Error); };
    signal.addEventListener('abort', abort, { once: true });
    work.then(resolve, reject).finally(() => { signal.removeEventListener('abort', abort); });
  });
}
