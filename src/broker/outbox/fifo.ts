/** A first-in first-out list that is fast at any length. `Array.shift` alone moves every element of a long array. */

/** Length up to which `Array.shift` is fast. */
const SHORT = 32;
/** Number of removed items above which the array may be copied. */
const COMPACT_ABOVE = 1_024;

export class Fifo<T> implements Iterable<T> {
  #items: (T | undefined)[] = [];
  #head = 0;

  get length(): number {
    return this.#items.length - this.#head;
  }

  peek(): T | undefined {
    return this.#items[this.#head];
  }

  /** The item at a position, counted from the oldest. */
  at(index: number): T | undefined {
    return this.#items[this.#head + index];
  }

  push(item: T): void {
    this.#items.push(item);
  }

  shift(): T | undefined {
    if (this.#head === 0 && this.#items.length <= SHORT) return this.#items.shift();
    const item = this.#items[this.#head];
    if (this.length === 0) return undefined;
    this.#items[this.#head++] = undefined;
    if (this.#head > COMPACT_ABOVE && this.#head * 2 > this.#items.length) this.#compact();
    return item;
  }

  /** Puts items before all others, in their order. */
  unshift(items: readonly T[]): void {
    this.#items = [...items, ...this];
    this.#head = 0;
  }

  /** Removes `count` items from position `start`; returns them. */
  remove(start: number, count: number): T[] {
    return this.#items.splice(this.#head + start, count) as T[];
  }

  /** Removes an item, from any position; false if it is not there. */
  delete(item: T): boolean {
    if (this.peek() === item && this.length > 0) {
      this.shift();
      return true;
    }
    const index = this.#items.indexOf(item, this.#head);
    if (index >= 0) this.#items.splice(index, 1);
    return index >= 0;
  }

  /** Position of the first matching item, or -1. */
  findIndex(matches: (item: T) => boolean, start = 0): number {
    for (let index = this.#head + start; index < this.#items.length; index++) {
      if (matches(this.#items[index] as T)) return index - this.#head;
    }
    return -1;
  }

  *[Symbol.iterator](): Iterator<T> {
    for (let index = this.#head; index < this.#items.length; index++) yield this.#items[index] as T;
  }

  #compact(): void {
    this.#items = this.#items.slice(this.#head);
    this.#head = 0;
  }
}
