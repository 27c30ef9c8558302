/** The streams of one subscription: one for each topic, key and camera. */

/** The topic, key and camera of a stream. */
export interface StreamPlace {
  readonly topic: string;
  readonly key: string | undefined;
  readonly camera: string;
}

export class Streams<S extends { end(): void }> {
  readonly #streams = new Map<string, S>();
  #open = 0;
  #isOver = false;

  /**
   * @param make - creates a stream, which calls `done` when all of its messages are processed
   * @param allDone - called when the input has ended and all streams are done
   */
  constructor(readonly make: (place: StreamPlace, done: () => void) => S, readonly allDone: () => void) {}

  get all(): readonly S[] {
    return [...this.#streams.values()];
  }

  /** The stream of a message, created with the first one. */
  of({ topic, key, camera }: StreamPlace): S {
    const name = [topic, key ?? '', camera].join('\0');
    const known = this.#streams.get(name);
    if (known !== undefined) return known;
    this.#open++;
    let isOpen = true;
    const stream = this.make({ topic, key, camera }, () => {
      if (isOpen) this.#open--;
      isOpen = false;
      this.#settle();
    });
    this.#streams.set(name, stream);
    return stream;
  }

  /** Ends the input of all streams. */
  end(): void {
    this.#isOver = true;
    for (const stream of this.all) stream.end();
    this.#settle();
  }

  #settle(): void {
    if (this.#isOver && this.#open === 0) this.allDone();
  }
}

/** Whether a value is a gap found by `verify`. */
export function isGap<V extends object>(value: V): value is Extract<V, { readonly verdict: 'gap' }> {
  return 'verdict' in value && value.verdict === 'gap';
}
