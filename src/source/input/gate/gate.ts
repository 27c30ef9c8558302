/**
 * The gate: a proxy on loopback, through which ffmpeg reads sources of several requests (playlists, files in place). rxcam checks
 * each address, redirect, segment and key, logs in and verifies certificates; ffmpeg never gets a password. A proxy can leave
 * playlists unchanged; a server would have to rewrite them, and to understand every kind.
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
export const ENTRY = 'source.rxcam.invalid';

/** A place at the gate for one source; no other user of the machine can use it. */
export interface GatePlace {
  /** Address for ffmpeg to open. */
  readonly url: string;
  /** ffmpeg's environment: the proxy's address and password. */
  readonly env: Readonly<Record<string, string>>;
  /** Accepts requests from now on; the returned function ends that. */
  open(session: GateSession): () => void;
}

let gate: Promise<Gate> | undefined;

/** Reserves a place. The first call opens the gate, which does not keep the process alive. */
export async function takePlace(): Promise<GatePlace> {
  gate ??= Gate.start().catch((error: unknown) => {
    // The next call tries again.
    gate = undefined;
    throw error;
  });
  return (await gate).place();
}

class Gate {
  readonly #sessions = new Map<string, GateSession>();

  private constructor(readonly port: number) {}

  static async start(): Promise<Gate> {
    const server: Server = createServer((request, response) => { here.#take(request, response); });
    server.on('connect', (_request, socket) => { socket.end('HTTP/1.1 405 Method Not Allowed\r\n\r\n'); });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    server.unref();
    const here = new Gate((server.address() as AddressInfo).port);
    return here;
  }

  place(): GatePlace {
    const token = randomBytes(24).toString('hex');
    return {
      url: `http://${ENTRY}/`,
      env: { http_proxy: `http://rxcam:${token}@127.0.0.1:${this.port}`, no_proxy: '' },
      open: (session) => {
        this.#sessions.set(token, session);
        return () => { this.#sessions.delete(token); };
      },
    };
  }

  #take(request: IncomingMessage, response: ServerResponse): void {
    const [, encoded = ''] = /^Basic ([A-Za-z0-9+/=]+)$/.exec(request.headers['proxy-authorization'] ?? '') ?? [];
    const session = this.#sessions.get(Buffer.from(encoded, 'base64').toString('latin1').replace(/^rxcam:/, ''));
    response.on('error', () => undefined);
    if (session === undefined) {
      response.writeHead(407, { 'Proxy-Authenticate': 'Basic realm="rxcam"', 'Content-Length': '0', 'Connection': 'close' }).end();
      return;
    }
    const address = request.url ?? '';
    if (request.method !== 'GET' || !URL.canParse(address)) {
      response.writeHead(405, { 'Content-Length': '0', 'Connection': 'close' }).end();
      return;
    }
    session.answer(new URL(address), request, response).catch(() => { response.destroy(); });
  }
}

/** Whether this is ffmpeg's first request. */
export function isEntry(url: URL): boolean {
  return url.hostname === ENTRY && url.pathname === '/';
}

/** A short answer without a body. */
export function sendEmpty(response: ServerResponse, status: number, headers: Readonly<Record<string, string>> = {}): void {
  response.writeHead(status, { 'Content-Length': '0', 'Connection': 'close', ...headers }).end();
}
