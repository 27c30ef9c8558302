/**
 * Credentials of an HTTP source: Digest if the server asks for it; else Basic, over plain HTTP only when the server asks
 * for that. A server that has once asked for Digest is never sent the password itself.
 */
import { type Credentials, asksFor, basic, challengesOf, digest, digestOf } from './challenge.js';

/** The user and password in an address, decoded. */
export class Login {
  /** Set once a server has asked for Digest: it never gets the password itself again. */
  #digest = false;
  /** Set once a server has asked for Basic. */
  #basic = false;

  readonly #credentials: Credentials;

  private constructor(credentials: Credentials) {
    this.#credentials = credentials;
  }

  static of(url: URL): Login | undefined {
    return url.username === '' && url.password === '' ? undefined : new Login({ user: decoded(url.username), password: decoded(url.password) });
  }

  /** The header of a request before any challenge. */
  first({ protocol }: URL): Record<string, string> {
    return this.#digest || !(this.#basic || protocol === 'https:') ? {} : this.#clear();
  }

  /** The answer to a challenge, if there is one. With Digest among several, or asked for before, Basic is no answer. */
  answer(challenge: string | undefined, url: URL): Record<string, string> | undefined {
    const challenges = challengesOf([challenge ?? '']);
    this.#digest ||= asksFor('Digest', challenges);
    const asked = digestOf(challenges);
    const request = { method: 'GET', uri: `${url.pathname}${url.search}`, count: 1 };
    if (asked !== undefined) return { Authorization: digest(asked, this.#credentials, request) };
    if (this.#digest || this.#basic || !asksFor('Basic', challenges)) return undefined;
    this.#basic = true;
    return this.#clear();
  }

  #clear(): Record<string, string> {
    return { Authorization: basic(this.#credentials) };
  }
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
