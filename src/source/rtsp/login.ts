/** Logs in to an RTSP camera: with Digest if the camera offers it, with Basic only if it does not offer Digest. */
import { type Challenge, type Credentials, basicAnswer, challengesOf, digestAnswer, digestOf, offersScheme } from '../client/index.js';

/** Answers the challenges of one connection. */
export class RtspLogin {
  #challenge: Challenge | 'basic' | undefined;
  /** Number of requests with this challenge. */
  #count = 0;
  readonly #credentials: Credentials;

  constructor(credentials: Credentials) {
    this.#credentials = credentials;
  }

  /** Reads a challenge. @returns whether a request with the login may now succeed: whether this challenge was not answered before */
  readChallenge(headers: readonly string[]): boolean {
    const challenges = challengesOf(headers);
    const digest = digestOf(challenges);
    const previous = this.#challenge;
    if (digest !== undefined) {
      this.#challenge = digest;
      this.#count = 0;
      return typeof previous !== 'object' || previous.nonce !== digest.nonce;
    }
    // A camera that requests an unsupported Digest does not get the password instead.
    if (previous !== undefined || offersScheme('Digest', challenges) || !offersScheme('Basic', challenges)) return false;
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
