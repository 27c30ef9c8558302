/** Pictures inside a child, in input order. An unchanged one leaves after all those before it. */

interface Inside<T> { readonly item: T; similarity: number | undefined }

export class ReorderBuffer<T> {
  readonly #inside = new Map<number, Inside<T>>();

  get isEmpty(): boolean { return this.#inside.size === 0; }
  get items(): T[] { return [...this.#inside.values()].map(({ item }) => item); }

  /** @param similarity - given for one that is known to be unchanged */
  add(key: number, item: T, similarity?: number): void {
    this.#inside.set(key, { item, similarity });
  }

  /** Removes one, from any position. */
  take(key: number): T | undefined {
    const found = this.#inside.get(key);
    this.#inside.delete(key);
    return found?.item;
  }

  /** Marks one as unchanged: the child will not output it. */
  mark(key: number, similarity: number): void {
    const found = this.#inside.get(key);
    if (found !== undefined) found.similarity = similarity;
  }

  /** Removes unchanged ones from the front, one by one. `pass` may clear the buffer. */
  passUnchanged(pass: (item: T, similarity: number) => void): void {
    if (this.#inside.size === 0) return;
    for (const [key, { item, similarity }] of this.#inside) {
      if (similarity === undefined) return;
      this.#inside.delete(key);
      pass(item, similarity);
    }
  }

  clear(): void {
    this.#inside.clear();
  }
}
