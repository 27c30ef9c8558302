/**
 * Credentials of an HTTP source: Digest if the server requests it; otherwise Basic, over plain HTTP only if the server requests
 * that. After a server has requested Digest once, it never gets the password itself.
 */
import { type Credentials, basicAnswer, challengesOf, digestAnswer, digestOf, offersScheme } from './challenge.js';

/** The user and password in an address, decoded. */
export class Login {
  /** Set once a server has requested Digest: it never gets the password itself again. */
  #digest = false;
  /** Set once a server has requested Basic. */
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

  /** The answer to a challenge, if there is one. Basic is not used if Digest is offered too, or was requested before. */
  answer(challenge: string | undefined, url: URL): Record<string, string> | undefined {
    const challenges = challengesOf([challenge ?? '']);
    this.#digest ||= offersScheme('Digest', challenges);
    const asked = digestOf(challenges);
    const request = { method: 'GET', uri: `${url.pathname}${url.search}`, count: 1 };
    if (asked !== undefined) return { Authorization: digestAnswer(asked, this.#credentials, request) };
    if (this.#digest || this.#basic || !offersScheme('Basic', challenges)) return undefined;
    this.#basic = true;
    return this.#clear();
  }

  #clear(): Record<string, string> {
    return { Authorization: basicAnswer(this.#credentials) };
  }
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
