/** Headers of a received message. Most readers use few of them, so each is decoded on access. */

/** Headers by name. */
export interface MessageHeaders {
  get(name: string): string | undefined;
  all(): Readonly<Record<string, string>>;
}

/** Headers that are strings already. */
export class PlainHeaders implements MessageHeaders {
  constructor(readonly headers: Readonly<Record<string, string>>) {}

  get(name: string): string | undefined {
    return Object.hasOwn(this.headers, name) ? this.headers[name] : undefined;
  }

  all(): Readonly<Record<string, string>> {
    return this.headers;
  }
}

/** Names of headers, and the positions of their values in the bytes. */
export interface HeaderPositions {
  readonly names: readonly string[];
  /** Start and end of each value, one after the other. */
  readonly bounds: readonly number[];
}

/** Headers as received, in bytes; their positions are found once, on the first access. */
export class PackedHeaders implements MessageHeaders {
  #places: HeaderPositions | undefined;

  constructor(readonly bytes: Buffer, readonly find: (bytes: Buffer) => HeaderPositions) {}

  get(name: string): string | undefined {
    const index = this.places.names.indexOf(name);
    return index < 0 ? undefined : this.#at(index);
  }

  all(): Readonly<Record<string, string>> {
    // The first of a name counts, as for `get`; a name may be `__proto__`.
    return Object.fromEntries(this.places.names.map((name, index) => [name, this.#at(index)] as const).reverse());
  }

  private get places(): HeaderPositions {
    return this.#places ??= this.find(this.bytes);
  }

  #at(index: number): string {
    const { bounds } = this.places;
    return this.bytes.toString('utf8', bounds[2 * index], bounds[2 * index + 1]);
  }
}
