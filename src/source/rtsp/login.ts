/** The login of an RTSP camera: Digest if the camera offers it, Basic only if it offers nothing else. */
import { type Challenge, type Credentials, basicAnswer, challengesOf, digestAnswer, digestOf, offersScheme } from '../client/index.js';

/** Answers the challenges of one connection. */
export class RtspLogin {
  #challenge: Challenge | 'basic' | undefined;
  #count = 0;

  readonly #credentials: Credentials;

  constructor(user: string, password: string) {
    this.#credentials = { user, password };
  }

  /** Reads a challenge. @returns whether there is an answer to it that has not been sent yet */
  challenged(headers: readonly string[]): boolean {
    const challenges = challengesOf(headers);
    const asked = digestOf(challenges);
    const before = this.#challenge;
    if (asked !== undefined) {
      this.#challenge = asked;
      this.#count = 0;
      return typeof before !== 'object' || before.nonce !== asked.nonce;
    }
    // A camera that requests an unsupported Digest does not get the password instead.
    if (before !== undefined || offersScheme('Digest', challenges) || !offersScheme('Basic', challenges)) return false;
    this.#challenge = 'basic';
    return true;
  }

  /** Header lines for a request; none before the first challenge. */
  lines(method: string, uri: string): string[] {
    if (this.#challenge === undefined) return [];
    if (this.#challenge === 'basic') return [`Authorization: ${basicAnswer(this.#credentials)}`];
    this.#count += 1;
    return [`Authorization: ${digestAnswer(this.#challenge, this.#credentials, { method, uri, count: this.#count })}`];
  }
}
