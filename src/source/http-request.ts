/**
 * One GET, with redirects followed by hand. It has a connection of its own that is closed with it: some cameras allow
 * one session, so the answer to the probe must be gone before ffmpeg asks.
 */
import http, { type IncomingMessage } from 'node:http';
import https from 'node:https';
import type { Socket } from 'node:net';
import { DOWNLOAD } from '../limits.js';
import { SourceRefused } from '../errors.js';
import { networkFailure, silence } from './http-errors.js';
import type { HostRules } from './hosts/index.js';
import { Login } from './http-login.js';

/** What all requests for one source share. */
export interface Target {
  /** Without credentials. */
  readonly url: URL;
  readonly login: Login | undefined;
  readonly rules: HostRules;
  /** The address as it may be shown. */
  readonly shown: string;
  /** Longest wait for an answer, and longest silence afterwards; ms. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  /** Told of an address with credentials that a redirect names. */
  keepSecret(address: string): void;
}

export interface Answer {
  /** Where it came from in the end, with the credentials that belong there. */
  readonly url: URL;
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: IncomingMessage;
  /** Resolves when the connection is closed. */
  close(): Promise<void>;
}

const HEADERS = { 'User-Agent': DOWNLOAD.userAgent, 'Accept': '*/*', 'Accept-Encoding': 'identity' };

/** The answer at the end of at most five redirects, whatever its status. @throws SourceRefused, SourceTimeout */
export async function get(target: Target, headers: Record<string, string>): Promise<Answer> {
  let { url, login } = target;
  for (let hops = 0; hops <= DOWNLOAD.maxRedirects; hops++) {
    const answer = await authorised(url, login, headers, target);
    const location = redirectOf(answer);
    if (location === undefined) return answer;
    await answer.close();
    const next = follow(url, location, target.shown);
    const own = Login.of(next);
    if (own !== undefined) target.keepSecret(next.href);
    login = own ?? (next.origin === url.origin ? login : undefined);
    url = next;
  }
  throw new SourceRefused(`'${target.shown}' sends on more than ${DOWNLOAD.maxRedirects} times`);
}

async function authorised(url: URL, login: Login | undefined, headers: Record<string, string>, target: Target): Promise<Answer> {
  const answer = await exchange(url, login, { ...headers, ...login?.first() }, target);
  const reply = answer.status === 401 ? login?.answer(answer.headers['www-authenticate'], url) : undefined;
  if (reply === undefined) return answer;
  await answer.close();
  return exchange(url, login, { ...headers, ...reply }, target);
}

function redirectOf({ status, headers }: Answer): string | undefined {
  return [301, 302, 303, 307, 308].includes(status) ? headers.location : undefined;
}

function follow(from: URL, location: string, shown: string): URL {
  if (!URL.canParse(location, from.href)) throw new SourceRefused(`'${shown}' sends on to what is no address`);
  const to = new URL(location, from.href);
  if (!/^https?:$/.test(to.protocol)) {
    throw new SourceRefused(`'${shown}' sends on to a ${to.protocol} address; only http: and https: are followed`);
  }
  return to;
}

function exchange(url: URL, login: Login | undefined, headers: Record<string, string>, target: Target): Promise<Answer> {
  const { shown, timeoutMs, signal } = target;
  return new Promise((resolve, reject) => {
    const bare = withoutCredentials(url);
    let socket: Socket | undefined;
    const request = (url.protocol === 'https:' ? https : http)
      .request(bare, { headers: { ...HEADERS, ...headers }, agent: false, signal });
    const timer = setTimeout(() => request.destroy(silence('has not answered', timeoutMs, shown)), timeoutMs);
    request.on('socket', (its) => { socket = its; });
    // After the answer the body tells of errors; they come here as well, and must not be unhandled.
    request.on('error', (error) => {
      clearTimeout(timer);
      reject(networkFailure(error, shown));
    });
    request.on('response', (body) => {
      clearTimeout(timer);
      body.on('error', () => { /* whoever reads it gets it */ });
      resolve({
        url: login === undefined ? bare : login.into(bare),
        status: body.statusCode ?? 0,
        headers: body.headers,
        body,
        close: () => closed(socket, body),
      });
    });
    request.end();
  });
}

function closed(socket: Socket | undefined, body: IncomingMessage): Promise<void> {
  return new Promise((resolve) => {
    if (socket === undefined || socket.closed) resolve();
    else socket.once('close', () => { resolve(); });
    body.destroy();
    socket?.destroy();
  });
}

export function withoutCredentials(url: URL): URL {
  const bare = new URL(url.href);
  bare.username = '';
  bare.password = '';
  bare.hash = '';
  return bare;
}
