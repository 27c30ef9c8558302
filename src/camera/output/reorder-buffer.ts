/** Pictures inside a child, in the order in which they went in. One that is unchanged leaves once all before it are out. */

interface Inside<T> { readonly item: T; similarity: number | undefined }

export class ReorderBuffer<T> {
  readonly #inside = new Map<number, Inside<T>>();

  get isEmpty(): boolean { return this.#inside.size === 0; }
  get items(): T[] { return [...this.#inside.values()].map(({ item }) => item); }

  /** @param similarity - given for one that is known to be unchanged */
  add(key: number, item: T, similarity?: number): void {
    this.#inside.set(key, { item, similarity });
  }

  /** Takes one out, wherever it stands. */
  take(key: number): T | undefined {
    const found = this.#inside.get(key);
    this.#inside.delete(key);
    return found?.item;
  }

  /** It will not come out: it is unchanged. */
  mark(key: number, similarity: number): void {
    const found = this.#inside.get(key);
    if (found !== undefined) found.similarity = similarity;
  }

  /** Takes out one after the other, as long as the first one is unchanged. What `pass` does may clear all. */
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
