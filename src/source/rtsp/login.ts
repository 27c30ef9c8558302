/** The login of an RTSP camera: Digest (RFC 7616) where the camera knows it, Basic only where it asks for nothing else. */
import { createHash, randomBytes } from 'node:crypto';

const HASHES: Readonly<Record<string, string>> = { 'md5': 'md5', 'sha-256': 'sha256' };
/** Of a challenge no more is read: cameras send a few hundred characters. */
const MAX_CHALLENGE = 8_192;

interface Challenge {
  readonly realm: string;
  readonly nonce: string;
  readonly opaque: string | undefined;
  readonly algorithm: string;
  readonly qop: boolean;
}

/** Answers the challenges of one connection. */
export class RtspLogin {
  #challenge: Challenge | 'basic' | undefined;
  #count = 0;

  constructor(private readonly user: string, private readonly password: string) {}

  /** Takes a challenge. @returns whether there is an answer to it that has not been given yet */
  challenged(headers: readonly string[]): boolean {
    const given = headers.map((one) => one.slice(0, MAX_CHALLENGE));
    const digest = given.map(digestOf).find((one) => one !== undefined);
    const before = this.#challenge;
    if (digest !== undefined) {
      this.#challenge = digest;
      this.#count = 0;
      return typeof before !== 'object' || before.nonce !== digest.nonce;
    }
    // Who asks for a Digest that is not known here is not sent the password instead.
    if (before !== undefined || given.some((one) => /^digest\b/i.test(one)) || !given.some((one) => /^basic\b/i.test(one))) return false;
    this.#challenge = 'basic';
    return true;
  }

  /** The line of a head that goes with a request, once a challenge has come. */
  lines(method: string, uri: string): string[] {
    if (this.#challenge === undefined) return [];
    if (this.#challenge === 'basic') return [`Authorization: Basic ${Buffer.from(`${this.user}:${this.password}`).toString('base64')}`];
    return [`Authorization: ${this.#digest(this.#challenge, method, uri)}`];
  }

  #digest({ realm, nonce, opaque, algorithm, qop }: Challenge, method: string, uri: string): string {
    const isSession = /-sess$/i.test(algorithm);
    const hash = (text: string) => createHash(hashOf(algorithm) ?? 'md5').update(text).digest('hex');
    const cnonce = randomBytes(8).toString('hex');
    this.#count += 1;
    const count = this.#count.toString(16).padStart(8, '0');
    const secret = hash(`${this.user}:${realm}:${this.password}`);
    const first = isSession ? hash(`${secret}:${nonce}:${cnonce}`) : secret;
    const asked = hash(`${method}:${uri}`);
    const response = hash(qop ? `${first}:${nonce}:${count}:${cnonce}:auth:${asked}` : `${first}:${nonce}:${asked}`);
    return [
      `Digest username=${quoted(this.user)}`, `realm=${quoted(realm)}`, `nonce=${quoted(nonce)}`, `uri=${quoted(uri)}`, `response="${response}"`,
      // Old cameras know no such word, and mean MD5.
      ...(/^md5$/i.test(algorithm) ? [] : [`algorithm=${algorithm}`]),
      ...(opaque === undefined ? [] : [`opaque=${quoted(opaque)}`]),
      ...(qop ? ['qop=auth', `nc=${count}`] : []), ...(qop || isSession ? [`cnonce="${cnonce}"`] : []),
    ].join(', ');
  }
}

/** A Digest challenge that can be answered. */
function digestOf(header: string): Challenge | undefined {
  if (!/^digest\b/i.test(header)) return undefined;
  const fields = new Map([...header.matchAll(/\b(\w{1,40})\s{0,9}=\s{0,9}(?:"((?:[^"\\]|\\.)*)"|([^\s,"]+))/g)]
    .map(([, name = '', inQuotes, bare]) => [name.toLowerCase(), inQuotes?.replace(/\\(.)/g, '$1') ?? bare ?? '']));
  const algorithm = fields.get('algorithm') ?? 'MD5';
  const nonce = fields.get('nonce');
  const qop = fields.get('qop');
  if (nonce === undefined || hashOf(algorithm) === undefined || (qop !== undefined && !/(?:^|[\s,])auth(?:[\s,]|$)/.test(qop))) return undefined;
  return { realm: fields.get('realm') ?? '', nonce, opaque: fields.get('opaque'), algorithm, qop: qop !== undefined };
}

function hashOf(algorithm: string): string | undefined {
  const name = algorithm.toLowerCase().replace(/-sess$/, '');
  return Object.hasOwn(HASHES, name) ? HASHES[name] : undefined;
}

function quoted(text: string): string {
  return `"${text.replace(/["\\]/g, '\\$&')}"`;
}
