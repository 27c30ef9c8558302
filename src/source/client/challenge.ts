/** Answers authentication challenges of HTTP and RTSP servers: Digest (RFC 7616, and RFC 2069 for old cameras) and Basic. */
import { createHash, randomBytes } from 'node:crypto';

const HASHES: Readonly<Record<string, string>> = { 'md5': 'md5', 'sha-256': 'sha256' };
/** Maximum number of characters read from a challenge: servers send a few hundred. */
const MAX_CHALLENGE = 8_192;

/** A user and a password, decoded. */
export interface Credentials {
  readonly user: string;
  readonly password: string;
}

/** A Digest challenge that can be answered. */
export interface Challenge {
  readonly realm: string;
  readonly nonce: string;
  readonly opaque: string | undefined;
  /** As the server wrote it; absent: MD5. */
  readonly algorithm: string | undefined;
  /** Whether the server supports `qop`; without it, RFC 2069 applies. */
  readonly qop: boolean;
}

/** The request that is authenticated; `count` is its number with this nonce, from 1. */
export interface Request {
  readonly method: string;
  readonly uri: string;
  readonly count: number;
}

/** The values of all `WWW-Authenticate` headers, up to the limit. */
export function challengesOf(headers: readonly string[]): string {
  return headers.map((one) => one.slice(0, MAX_CHALLENGE)).join(', ');
}

/** Whether the server offers a scheme; a realm may contain any text. */
export function offersScheme(scheme: 'Digest' | 'Basic', challenges: string): boolean {
  return new RegExp(`(?:^|,)\\s*${scheme}\\b`, 'i').test(challenges.replace(/"(?:[^"\\]|\\.)*"/g, '""'));
}

/** The first Digest challenge with a supported algorithm. */
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

/** The `Authorization` header of Basic, which reveals the password to any reader. */
export function basicAnswer({ user, password }: Credentials): string {
  return `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
}

/** The `Authorization` header of Digest, which does not reveal the password. */
export function digestAnswer(challenge: Challenge, { user, password }: Credentials, { method, uri, count }: Request): string {
  const { realm, nonce, opaque, algorithm, qop } = challenge;
  const isSession = algorithm !== undefined && /-sess$/i.test(algorithm);
  const hash = (text: string) => createHash(hashOf(algorithm) ?? 'md5').update(text).digest('hex');
  const cnonce = randomBytes(8).toString('hex');
  const nc = count.toString(16).padStart(8, '0');
  const secret = hash(`${user}:${realm}:${password}`);
  const first = isSession ? hash(`${secret}:${nonce}:${cnonce}`) : secret;
  const requested = hash(`${method}:${uri}`);
  const response = hash(qop ? `${first}:${nonce}:${nc}:${cnonce}:auth:${requested}` : `${first}:${nonce}:${requested}`);
  return [
    `Digest username=${quoted(user)}`, `realm=${quoted(realm)}`, `nonce=${quoted(nonce)}`, `uri=${quoted(uri)}`, `response="${response}"`,
    // A server that sends no `qop` may be too old to support it.
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
