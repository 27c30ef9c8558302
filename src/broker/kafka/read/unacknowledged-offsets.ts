/** The offsets of a batch that are not acknowledged yet, and the offset up to which all are acknowledged. */
import { Sleep } from './sleep.js';

export class UnacknowledgedOffsets {
  readonly #offsets: Set<number>;
  readonly #end: number;
  readonly #sleep = new Sleep();
  /** The last committed offset. */
  committed: number;

  constructor(offsets: readonly number[]) {
    this.#offsets = new Set(offsets);
    this.#end = (offsets.at(-1) ?? -1) + 1;
    this.committed = offsets[0] ?? 0;
  }

  get isDone(): boolean { return this.#offsets.size === 0; }
  /** The offset to commit, at which another member would begin: the first one that is not acknowledged. */
  get next(): number { return this.isDone ? this.#end : this.#offsets.values().next().value as number; }

  acknowledged(offset: number): void {
    this.#offsets.delete(offset);
    if (this.isDone) this.wake();
  }

  /** Ends the wait of `waitForAll`. */
  wake(): void {
    this.#sleep.wake();
  }

  /** Resolves when all are acknowledged, when `wake` is called, or after this time in ms. */
  waitForAll(ms: number): Promise<void> {
    return this.#sleep.for(this.isDone ? 0 : ms);
  }
}
