/**
 * Credentials of an HTTP source: Digest (RFC 7616) when the server asks for it; else Basic, over plain HTTP only when the
 * server asks for that. A server that has once asked for Digest is never sent the password itself.
 */
import { createHash, randomBytes } from 'node:crypto';

const HASHES: Record<string, string> = { 'MD5': 'md5', 'SHA-256': 'sha256' };

/** The user and password in an address, decoded. */
export class Login {
  /** Set once a server has asked for Digest: it is not sent the password itself again. */
  #digest = false;
  /** Set once a server has asked for Basic. */
  #basic = false;

  private constructor(private readonly user: string, private readonly password: string) {}

  static of(url: URL): Login | undefined {
    return url.username === '' && url.password === '' ? undefined : new Login(decoded(url.username), decoded(url.password));
  }

  /** What goes with a request that no challenge has come for. */
  first({ protocol }: URL): Record<string, string> {
    return this.#digest || !(this.#basic || protocol === 'https:') ? {} : this.#clear();
  }

  /** The answer to a challenge, if there is one. With Digest among several, or asked for before, Basic is no answer. */
  answer(challenge: string | undefined, url: URL): Record<string, string> | undefined {
    const header = (challenge ?? '').slice(0, MAX_CHALLENGE);
    this.#digest ||= asksFor('Digest', header);
    const asked = digestOf(header);
    if (asked !== undefined) return { Authorization: this.#respond(asked, `${url.pathname}${url.search}`) };
    if (this.#digest || this.#basic || !asksFor('Basic', header)) return undefined;
    this.#basic = true;
    return this.#clear();
  }

  #clear(): Record<string, string> {
    return { Authorization: `Basic ${Buffer.from(`${this.user}:${this.password}`).toString('base64')}` };
  }

  #respond({ realm, nonce, opaque, algorithm, qop }: Challenge, uri: string): string {
    const hash = (text: string) => createHash(HASHES[algorithm.replace(/-sess$/, '')] ?? 'md5').update(text).digest('hex');
    const cnonce = randomBytes(8).toString('hex');
    const secret = hash(`${this.user}:${realm}:${this.password}`);
    const session = algorithm.endsWith('-sess') ? hash(`${secret}:${nonce}:${cnonce}`) : secret;
    const count = '00000001';
    const asked = hash(`GET:${uri}`);
    const response = qop ? hash(`${session}:${nonce}:${count}:${cnonce}:auth:${asked}`) : hash(`${session}:${nonce}:${asked}`);
    return [
      `Digest username=${quoted(this.user)}`, `realm=${quoted(realm)}`, `nonce=${quoted(nonce)}`, `uri=${quoted(uri)}`,
      `response="${response}"`, `algorithm=${algorithm}`,
      ...(opaque === undefined ? [] : [`opaque=${quoted(opaque)}`]),
      ...(qop ? [`qop=auth`, `nc=${count}`, `cnonce="${cnonce}"`] : algorithm.endsWith('-sess') ? [`cnonce="${cnonce}"`] : []),
    ].join(', ');
  }
}

/** Of a challenge no more is read: servers send a few hundred characters. */
const MAX_CHALLENGE = 8_192;

interface Challenge {
  readonly realm: string;
  readonly nonce: string;
  readonly opaque: string | undefined;
  readonly algorithm: string;
  /** Whether the server knows `qop`; without, it is RFC 2069's form. */
  readonly qop: boolean;
}

/** A Digest challenge out of `WWW-Authenticate`, which may hold several: the first with an algorithm that is known. */
function digestOf(header: string): Challenge | undefined {
  for (const part of header.split(/\bDigest\s+/i).slice(1)) {
    const fields = new Map([...part.matchAll(/\b(\w+)\s{0,9}=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,]+))/g)]
      .map(([, name, inQuotes, bare]) => [name?.toLowerCase(), inQuotes?.replace(/\\(.)/g, '$1') ?? bare ?? '']));
    const algorithm = (fields.get('algorithm') ?? 'MD5').replace(/^(md5|sha-256)/i, (name) => name.toUpperCase());
    const nonce = fields.get('nonce');
    const qop = fields.get('qop');
    const known = Object.hasOwn(HASHES, algorithm.replace(/-sess$/, '')) && (qop === undefined || /\bauth\b(?!-)/.test(qop));
    if (nonce === undefined || !known) continue;
    return { realm: fields.get('realm') ?? '', nonce, opaque: fields.get('opaque'), algorithm, qop: qop !== undefined };
  }
  return undefined;
}

/** Whether a scheme is among those asked for; a realm may say anything. */
function asksFor(scheme: string, header: string): boolean {
  return new RegExp(`(?:^|,)\\s*${scheme}\\b`, 'i').test(header.replace(/"(?:[^"\\]|\\.)*"/g, '""'));
}

function quoted(text: string): string {
  return `"${text.replace(/["\\]/g, '\\$&')}"`;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
