/**
 * The gate: a proxy on loopback, through which ffmpeg reads sources of several requests (playlists, files in place). rxcam checks
 * each address, redirect, segment and key, logs in and verifies certificates; ffmpeg never gets a password. The gate is a proxy, not a
 * server, because a server would have to understand every kind of playlist, and to rewrite all addresses in it.
 */
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { type IncomingMessage, type Server, type ServerResponse, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Answers ffmpeg's requests for one source. */
export interface GateSession {
  /** @param url - as ffmpeg requests it: always http: */
  answer(url: URL, request: IncomingMessage, response: ServerResponse): Promise<void>;
}

/** Requests for this host are redirected to the source's address, which therefore is on no command line. */
export const ENTRY_HOST = 'source.rxcam.invalid';

/** Access to the gate for one source; its password keeps other users of the machine out. */
export interface GateEndpoint {
  /** Address for ffmpeg to open. */
  readonly url: string;
  /** Variables of ffmpeg's environment: the proxy's address and password. */
  readonly env: Readonly<Record<string, string>>;
  /** Starts to accept requests; the returned function stops that. */
  open(session: GateSession): () => void;
}

let gate: Promise<Gate> | undefined;

/** Reserves access for a source. The first call opens the gate, which does not keep the process alive. */
export async function reserveEndpoint(): Promise<GateEndpoint> {
  gate ??= Gate.start().catch((error: unknown) => {
    // The next call tries again.
    gate = undefined;
    throw error;
  });
  return (await gate).endpoint();
}

class Gate {
  readonly #sessions = new Map<string, GateSession>();

  private constructor(readonly port: number) {}

  static async start(): Promise<Gate> {
    const server: Server = createServer((request, response) => { started.#handle(request, response); });
    server.on('connect', (_request, socket) => { socket.end('HTTP/1.1 405 Method Not Allowed\r\n\r\n'); });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    server.unref();
    const started = new Gate((server.address() as AddressInfo).port);
    return started;
  }

  endpoint(): GateEndpoint {
    const token = randomBytes(24).toString('hex');
    return {
      url: `http://${ENTRY_HOST}/`,
      env: { http_proxy: `http://rxcam:${token}@127.0.0.1:${this.port}`, no_proxy: '' },
      open: (session) => {
        this.#sessions.set(token, session);
        return () => { this.#sessions.delete(token); };
      },
    };
  }

  #handle(request: IncomingMessage, response: ServerResponse): void {
    const [, encoded = ''] = /^Basic ([A-Za-z0-9+/=]+)$/.exec(request.headers['proxy-authorization'] ?? '') ?? [];
    const session = this.#sessions.get(Buffer.from(encoded, 'base64').toString('latin1').replace(/^rxcam:/, ''));
    response.on('error', () => undefined);
    if (session === undefined) {
      sendEmpty(response, 407, { 'Proxy-Authenticate': 'Basic realm="rxcam"' });
      return;
    }
    const address = request.url ?? '';
    if (request.method !== 'GET' || !URL.canParse(address)) {
      sendEmpty(response, 405);
      return;
    }
    session.answer(new URL(address), request, response).catch(() => { response.destroy(); });
  }
}

/** Whether this is ffmpeg's first request for a source. */
export function isEntryRequest(url: URL): boolean {
  return url.hostname === ENTRY_HOST && url.pathname === '/';
}

/** A short answer without a body. */
export function sendEmpty(response: ServerResponse, status: number, headers: Readonly<Record<string, string>> = {}): void {
  response.writeHead(status, { 'Content-Length': '0', 'Connection': 'close', ...headers }).end();
}
