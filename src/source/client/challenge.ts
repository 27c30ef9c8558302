/** Answers to the challenges of servers, the same over HTTP and RTSP: Digest (RFC 7616, and RFC 2069 of old cameras) and Basic. */
import { createHash, randomBytes } from 'node:crypto';

const HASHES: Readonly<Record<string, string>> = { 'md5': 'md5', 'sha-256': 'sha256' };
/** Of a challenge no more is read: servers send a few hundred characters. */
const MAX_CHALLENGE = 8_192;

/** A user and a password, decoded. */
export interface Credentials {
  readonly user: string;
  readonly password: string;
}

/** A challenge of Digest that can be answered. */
export interface Challenge {
  readonly realm: string;
  readonly nonce: string;
  readonly opaque: string | undefined;
  /** As the server has written it; MD5 is meant where it has not. */
  readonly algorithm: string | undefined;
  /** Whether the server knows `qop`; without, it is RFC 2069's form. */
  readonly qop: boolean;
}

/** What is answered: the nth request with one nonce, from 1. */
export interface Request {
  readonly method: string;
  readonly uri: string;
  readonly count: number;
}

/** All that `WWW-Authenticate` says, in one or in several headers, as far as it is read. */
export function challengesOf(headers: readonly string[]): string {
  return headers.map((one) => one.slice(0, MAX_CHALLENGE)).join(', ');
}

/** Whether a scheme is among those asked for; a realm may say anything. */
export function asksFor(scheme: 'Digest' | 'Basic', challenges: string): boolean {
  return new RegExp(`(?:^|,)\\s*${scheme}\\b`, 'i').test(challenges.replace(/"(?:[^"\\]|\\.)*"/g, '""'));
}

/** The first Digest with an algorithm that is known. */
export function digestOf(challenges: string): Challenge | undefined {
  for (const part of challenges.split(/\bDigest\s+/i).slice(1)) {
    const fields = new Map([...part.matchAll(/\b(\w{1,40})\s{0,9}=\s{0,9}(?:"((?:[^"\\]|\\.)*)"|([^\s,"]+))/g)]
      .map(([, name = '', inQuotes, bare]) => [name.toLowerCase(), inQuotes?.replace(/\\(.)/g, '$1') ?? bare ?? '']));
    const algorithm = fields.get('algorithm');
    const nonce = fields.get('nonce');
    const qop = fields.get('qop');
    const isKnown = hashOf(algorithm) !== undefined && (qop === undefined || /(?:^|[\s,])auth(?:[\s,]|$)/.test(qop));
    if (nonce === undefined || !isKnown) continue;
    return { realm: fields.get('realm') ?? '', nonce, opaque: fields.get('opaque'), algorithm, qop: qop !== undefined };
  }
  return undefined;
}

/** `Authorization` that shows the password to whoever reads it. */
export function basic({ user, password }: Credentials): string {
  return `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
}

/** `Authorization` that proves that the password is known. */
export function digest(challenge: Challenge, { user, password }: Credentials, { method, uri, count }: Request): string {
  const { realm, nonce, opaque, algorithm, qop } = challenge;
  const isSession = algorithm !== undefined && /-sess$/i.test(algorithm);
  const hash = (text: string) => createHash(hashOf(algorithm) ?? 'md5').update(text).digest('hex');
  const cnonce = randomBytes(8).toString('hex');
  const nc = count.toString(16).padStart(8, '0');
  const secret = hash(`${user}:${realm}:${password}`);
  const first = isSession ? hash(`${secret}:${nonce}:${cnonce}`) : secret;
  const asked = hash(`${method}:${uri}`);
  const response = hash(qop ? `${first}:${nonce}:${nc}:${cnonce}:auth:${asked}` : `${first}:${nonce}:${asked}`);
  return [
    `Digest username=${quoted(user)}`, `realm=${quoted(realm)}`, `nonce=${quoted(nonce)}`, `uri=${quoted(uri)}`, `response="${response}"`,
    // Who does not say the word may be too old to know it.
    ...(algorithm === undefined ? [] : [`algorithm=${algorithm}`]),
    ...(opaque === undefined ? [] : [`opaque=${quoted(opaque)}`]),
    ...(qop ? ['qop=auth', `nc=${nc}`] : []), ...(qop || isSession ? [`cnonce="${cnonce}"`] : []),
  ].join(', ');
}

function hashOf(algorithm = 'MD5'): string | undefined {
  const name = algorithm.toLowerCase().replace(/-sess$/, '');
  return Object.hasOwn(HASHES, name) ? HASHES[name] : undefined;
}

function quoted(text: string): string {
  return `"${text.replace(/["\\]/g, '\\$&')}"`;
}
