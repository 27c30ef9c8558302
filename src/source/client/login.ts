/**
 * Logs in to an HTTP source: with Digest if the server requests it, otherwise with Basic, over plain HTTP only if the server requests
 * that. A server that has requested Digest once never gets the password itself.
 */
import { type Credentials, basicAnswer, challengesOf, digestAnswer, digestOf, offersScheme } from './challenge.js';

/** The login of one server. */
export class Login {
  /** Whether the server has ever requested Digest. */
  #isDigestRequested = false;
  /** Whether the server has ever requested Basic. */
  #isBasicRequested = false;

  readonly #credentials: Credentials;

  private constructor(credentials: Credentials) {
    this.#credentials = credentials;
  }

  /** The login in an address; undefined if it has none. */
  static of(url: URL): Login | undefined {
    const credentials = credentialsIn(url);
    return credentials && new Login(credentials);
  }

  /** The header of a request before any challenge. */
  first({ protocol }: URL): Record<string, string> {
    return this.#isDigestRequested || !(this.#isBasicRequested || protocol === 'https:') ? {} : this.#basicHeader();
  }

  /** The answer to a challenge, if there is one. Basic is not used if Digest is offered too, or was requested before. */
  answer(challenge: string | undefined, url: URL): Record<string, string> | undefined {
    const challenges = challengesOf([challenge ?? '']);
    this.#isDigestRequested ||= offersScheme('Digest', challenges);
    const digest = digestOf(challenges);
    const request = { method: 'GET', uri: `${url.pathname}${url.search}`, count: 1 };
    if (digest !== undefined) return { Authorization: digestAnswer(digest, this.#credentials, request) };
    if (this.#isDigestRequested || this.#isBasicRequested || !offersScheme('Basic', challenges)) return undefined;
    this.#isBasicRequested = true;
    return this.#basicHeader();
  }

  #basicHeader(): Record<string, string> {
    return { Authorization: basicAnswer(this.#credentials) };
  }
}

/** The user and password in an address, decoded; undefined if it has none. */
export function credentialsIn({ username, password }: URL): Credentials | undefined {
  return username === '' && password === '' ? undefined : { user: decoded(username), password: decoded(password) };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
