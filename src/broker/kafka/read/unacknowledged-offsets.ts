/** Offsets of a batch that the consumer has not acknowledged yet, and the offset up to which all are acknowledged. */
import { Sleep } from './sleep.js';

export class UnacknowledgedOffsets {
  readonly #out: Set<number>;
  readonly #end: number;
  readonly #sleep = new Sleep();
  /** The offset to commit. */
  committed: number;

  constructor(offsets: readonly number[]) {
    this.#out = new Set(offsets);
    this.#end = (offsets.at(-1) ?? -1) + 1;
    this.committed = offsets[0] ?? 0;
  }

  get isDone(): boolean { return this.#out.size === 0; }
  /** The offset at which a new member would begin: the first one that is not acknowledged. */
  get next(): number { return this.isDone ? this.#end : this.#out.values().next().value as number; }

  acknowledged(offset: number): void {
    this.#out.delete(offset);
    if (this.isDone) this.wake();
  }

  /** Ends the wait for changes. */
  wake(): void {
    this.#sleep.wake();
  }

  /** Resolves when all are acknowledged, when it is woken, or after this time in ms. */
  changes(ms: number): Promise<void> {
    return this.#sleep.for(this.isDone ? 0 : ms);
  }
}
