/** The streams of one subscription: one for each topic, key and camera. */

/** The topic, key and camera of a stream. */
export interface StreamPlace {
  readonly topic: string;
  readonly key: string | undefined;
  readonly camera: string;
}

export class Streams<S extends { end(): void }> {
  readonly #streams = new Map<string, S>();
  #openCount = 0;
  #hasEnded = false;

  /**
   * @param create - creates a stream, which calls `done` when all of its messages are processed
   * @param allDone - called when the input has ended and all streams are done, perhaps more than once
   */
  constructor(readonly create: (place: StreamPlace, done: () => void) => S, readonly allDone: () => void) {}

  get all(): readonly S[] {
    return [...this.#streams.values()];
  }

  /** The stream of a message, created with the first one. */
  streamOf({ topic, key, camera }: StreamPlace): S {
    const name = [topic, key ?? '', camera].join('\0');
    const known = this.#streams.get(name);
    if (known !== undefined) return known;
    this.#openCount++;
    let isOpen = true;
    const stream = this.create({ topic, key, camera }, () => {
      if (isOpen) this.#openCount--;
      isOpen = false;
      this.#reportIfDone();
    });
    this.#streams.set(name, stream);
    return stream;
  }

  /** Ends the input of all streams. */
  end(): void {
    this.#hasEnded = true;
    for (const stream of this.all) stream.end();
    this.#reportIfDone();
  }

  #reportIfDone(): void {
    if (this.#hasEnded && this.#openCount === 0) this.allDone();
  }
}

/** Whether a value is a gap found by `verify`. */
export function isGap<V extends object>(value: V): value is Extract<V, { readonly verdict: 'gap' }> {
  return 'verdict' in value && value.verdict === 'gap';
}
