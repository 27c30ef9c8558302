/** Access control of the dashboard, and the restrictions for browsers. */
import { createHash, timingSafeEqual } from 'node:crypto';
import { isIP } from 'node:net';
import { hostname } from 'node:os';
import type { IncomingMessage } from 'node:http';

/** How the dashboard listens. */
export interface Listening {
  readonly host: string;
  readonly token: string | undefined;
  /** Other host names, such as that of a reverse proxy. */
  readonly allowedHosts: readonly string[];
}

/** Browsers run only the page's own files, and connect only to this server. */
export const SECURITY_HEADERS: Readonly<Record<string, string>> = {
  'content-security-policy': "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff', 'x-frame-options': 'DENY', 'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin', 'cross-origin-resource-policy': 'same-origin',
};

const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[?::1\]?)$/;

export function isLoopback(host: string): boolean {
  return LOOPBACK.test(host);
}

/** Returns the reason why a request is refused; undefined if it is accepted. */
export function refusalReason({ headers, method = 'GET' }: IncomingMessage, listening: Listening): string | undefined {
  const { host, origin } = headers;
  // Refuses a name that an attacker's DNS points at this machine (DNS rebinding).
  if (host === undefined || !isOurs(nameIn(host), listening)) return 'unknown host name: use the address that rxcam printed, or the option allowedHosts';
  if (origin !== undefined && !isSame(origin, host)) return 'requests from other pages are refused';
  const site = headers['sec-fetch-site'];
  const isForeign = site === 'cross-site' || site === 'same-site';
  if (isForeign && (method !== 'GET' || headers['sec-fetch-mode'] !== 'navigate')) return 'requests from other pages are refused';
  // Other pages can send forms, but this type needs a CORS preflight.
  if (method === 'POST' && !/^application\/json\b/.test(headers['content-type'] ?? '')) return 'expected application/json';
  return undefined;
}

function isOurs(name: string, { host, allowedHosts }: Listening): boolean {
  if (LOOPBACK.test(name) || allowedHosts.includes(name)) return true;
  // An address can't be rebound. A server on loopback has only loopback names.
  return !isLoopback(host) && (isIP(name.replace(/^\[|\]$/g, '')) !== 0 || name === hostname().toLowerCase());
}

function nameIn(host: string): string {
  return (/^(\[[^\]]*\]|[^:]*)(?::\d+)?$/.exec(host.trim().toLowerCase())?.[1] ?? '').replace(/\.$/, '');
}

function isSame(origin: string, host: string): boolean {
  return origin.toLowerCase() === `http://${host.toLowerCase()}` || origin.toLowerCase() === `https://${host.toLowerCase()}`;
}

/** Whether a request has the token: in the cookie of the page, or as `Authorization: Bearer` for programs. */
export function isAuthorized({ headers }: IncomingMessage, { token }: Listening, cookie: string): boolean {
  if (token === undefined) return true;
  const bearer = /^Bearer (\S+)$/i.exec(headers.authorization ?? '')?.[1];
  const given = (headers.cookie ?? '').split(';').map((part) => part.trim()).find((part) => part.startsWith(`${cookie}=`))?.slice(cookie.length + 1);
  return [bearer, given].some((one) => one !== undefined && isToken(one, token));
}

/** Takes the same time for every wrong token. */
export function isToken(given: string, token: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(token));
}
