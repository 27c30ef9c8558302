/** A set of secrets. Printing or serialising an object that has one reveals nothing. */
import { secretsOf } from './redact.js';

export class Secrets implements Iterable<string> {
  readonly #all = new Set<string>();

  /** The secrets of addresses. */
  constructor(...addresses: readonly string[]) {
    for (const address of addresses) this.addSecretsOf(address);
  }

  /** Adds the secrets of an address. */
  addSecretsOf(address: string): void {
    this.add(...secretsOf(address));
  }

  add(...secrets: readonly string[]): this {
    for (const secret of secrets) this.#all.add(secret);
    return this;
  }

  [Symbol.iterator](): Iterator<string> {
    return this.#all.values();
  }
}
