/**
 * The gate: what ffmpeg reads by several requests (playlists, files in place) it reads through this proxy on loopback, so that
 * each address, redirect, segment and key is checked, logged in to and verified by rxcam, and no password is ffmpeg's to send.
 * A proxy leaves playlists as they are, where a server of rewritten ones would have to understand each kind of them.
 */
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { type IncomingMessage, type Server, type ServerResponse, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Answers ffmpeg's requests for one source. */
export interface Session {
  /** @param url - as ffmpeg has it: always http: */
  answer(url: URL, request: IncomingMessage, response: ServerResponse): Promise<void>;
}

/** Who asks for it is sent to the source's own address, which so stands on no command line. */
export const ENTRY = 'source.rxcam.invalid';

/** A place at the gate for one source; nobody else on the machine can use it. */
export interface Place {
  /** What ffmpeg is told to open. */
  readonly url: string;
  /** For its environment: the way to the gate, with the password. */
  readonly env: Readonly<Record<string, string>>;
  /** Lets requests in from now on; the function returned ends it. */
  open(session: Session): () => void;
}

let gate: Promise<Gate> | undefined;

/** Takes a place. The gate itself is opened for the first, and holds no process alive. */
export async function takePlace(): Promise<Place> {
  gate ??= Gate.start().catch((error: unknown) => {
    // There may be a socket for it the next time.
    gate = undefined;
    throw error;
  });
  return (await gate).place();
}

class Gate {
  readonly #sessions = new Map<string, Session>();

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

  place(): Place {
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

/** Whether this is the request with which ffmpeg comes in. */
export function isEntry(url: URL): boolean {
  return url.hostname === ENTRY && url.pathname === '/';
}

/** A short answer without a body. */
export function brief(response: ServerResponse, status: number, headers: Readonly<Record<string, string>> = {}): void {
  response.writeHead(status, { 'Content-Length': '0', 'Connection': 'close', ...headers }).end();
}
