/** Headers of a received message. Each is decoded on access, because most programs read few of them. */

/** Headers by name. */
export interface MessageHeaders {
  /** One header; undefined if the message does not have it. */
  get(name: string): string | undefined;
  /** All headers. */
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

/** Headers as received, in bytes. Their positions are found once, on the first access. */
export class PackedHeaders implements MessageHeaders {
  #positions: HeaderPositions | undefined;

  constructor(readonly bytes: Buffer, readonly find: (bytes: Buffer) => HeaderPositions) {}

  get(name: string): string | undefined {
    const index = this.positions.names.indexOf(name);
    return index < 0 ? undefined : this.#at(index);
  }

  all(): Readonly<Record<string, string>> {
    // If a name occurs twice, the first one counts, as with `get`. A name may be `__proto__`.
    return Object.fromEntries(this.positions.names.map((name, index) => [name, this.#at(index)] as const).reverse());
  }

  private get positions(): HeaderPositions {
    return this.#positions ??= this.find(this.bytes);
  }

  #at(index: number): string {
    const { bounds } = this.positions;
    return this.bytes.toString('utf8', bounds[2 * index], bounds[2 * index + 1]);
  }
}
