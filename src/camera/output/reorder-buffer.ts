/**
 * Pictures inside a child, in input order. An unchanged one leaves after all those before it.
 *
 * It is an array, because nearly always the first one leaves. A long-lived Map allocates a table in V8's old space with every few
 * additions, even if it stays small, and each of them can start a collection of the whole heap.
 */
import { FILTERS } from '../../core/defaults/limits.js';

interface Inside<T> { readonly key: number; readonly item: T; similarity: number | undefined }

export class ReorderBuffer<T> {
  #inside: Inside<T>[] = [];

  /** @param onLost - called with each picture that the child has left out; absent if it leaves out none */
  constructor(readonly onLost?: (item: T) => void) {}

  get isEmpty(): boolean { return this.#inside.length === 0; }
  get items(): T[] { return this.#inside.map(({ item }) => item); }

  /** @param key - number or time of the picture, unique @param similarity - given for one that is known to be unchanged */
  add(key: number, item: T, similarity?: number): void {
    this.#inside.push({ key, item, similarity });
    if (this.onLost !== undefined && this.#inside.length > FILTERS.maxInside) this.#loseBefore(1);
  }

  /** Removes and returns the picture that has left the child. Changed ones before it were left out, if the child may leave out pictures. */
  takeOutput(key: number): T | undefined {
    if (this.onLost !== undefined && this.#inside[0]?.key !== key) this.#loseBefore(this.#indexOf(key));
    return this.take(key);
  }

  /** Removes and returns a picture at any position. */
  take(key: number): T | undefined {
    if (this.#inside[0]?.key === key) return this.#inside.shift()?.item;
    const index = this.#indexOf(key);
    return index < 0 ? undefined : this.#inside.splice(index, 1)[0]?.item;
  }

  /** Marks a picture as unchanged: the child will not output it. */
  mark(key: number, similarity: number): void {
    const found = this.#inside[this.#indexOf(key)];
    if (found !== undefined) found.similarity = similarity;
  }

  /** Removes the unchanged pictures at the front, and calls `pass` with each. `pass` may clear the buffer. */
  passUnchanged(pass: (item: T, similarity: number) => void): void {
    for (let first = this.#inside[0]; first?.similarity !== undefined; first = this.#inside[0]) {
      this.#inside.shift();
      pass(first.item, first.similarity);
    }
  }

  clear(): void {
    this.#inside = [];
  }

  #loseBefore(end: number): void {
    const older = this.#inside.slice(0, Math.max(0, end));
    const lost = older.filter(({ similarity }) => similarity === undefined);
    this.#inside = [...older.filter(({ similarity }) => similarity !== undefined), ...this.#inside.slice(older.length)];
    for (const { item } of lost) this.onLost?.(item);
  }

  #indexOf(key: number): number {
    return this.#inside.findIndex((inside) => inside.key === key);
  }
}
