/** Tracks the numbers of one sender's messages: which have arrived, and which are missing. */

/** The numbers from `from` to `to`, both included. */
export interface Range { readonly from: number; readonly to: number }

/** The result for a number that arrived. */
export interface Seen {
  /** `next`: after all others; `late`: one that was missing; `repeated`: a duplicate. */
  readonly as: 'next' | 'late' | 'repeated';
  /** Numbers that are missing before it and have not been reported. */
  readonly missing: Range | undefined;
}

/** Maximum number of ranges of missing numbers that are remembered, to distinguish a late message from a repeated one. */
const MAX_RANGES = 1_000;
/** Maximum number of ids that are remembered, if nothing else distinguishes a repeated message from a sender that restarted. */
const MAX_IDS = 4_096;

export class Sequence {
  #first: number;
  #last: number;
  readonly #ids = new Map<number, string | undefined>();
  /** In ascending order. */
  readonly #missing: Range[] = [];

  /**
   * @param first - the number of the first message that arrived
   * @param joinsMidway - whether earlier messages may have been sent before reading began: they do not count as missing
   */
  constructor(readonly camera: string, first: number, joinsMidway: boolean) {
    this.#first = joinsMidway ? first : 0;
    this.#last = joinsMidway ? first - 1 : 0;
  }

  /** The highest number that arrived. */
  get last(): number { return this.#last; }

  /** Whether the number arrived with another id: a sender that does not name its runs has restarted. */
  isRestart(order: number, id: string | undefined): boolean {
    return order <= this.#last && this.#rangeOf(order) < 0 && this.#ids.get(order) !== id;
  }

  /** Whether the number has arrived. */
  has(order: number): boolean {
    return order >= this.#first && order <= this.#last && this.#rangeOf(order) < 0;
  }

  /** Records that a number has arrived. */
  see(order: number, id?: string): Seen {
    if (order <= this.#last) return { as: this.#seeAgain(order) ? 'late' : 'repeated', missing: undefined };
    const missing = order > this.#last + 1 ? { from: this.#last + 1, to: order - 1 } : undefined;
    if (missing !== undefined) this.#miss(missing);
    this.#last = order;
    this.#remember(order, id);
    return { as: 'next', missing };
  }

  /** Counts the number as missing: its message was torn, and a whole one may still arrive. */
  torn(order: number): void {
    this.#miss({ from: order, to: order });
  }

  /** Whether the number was missing until now. */
  #seeAgain(order: number): boolean {
    if (order < this.#first) {
      // Sent before the first one that arrived.
      if (order + 1 < this.#first) this.#miss({ from: order + 1, to: this.#first - 1 });
      this.#first = order;
      return true;
    }
    const index = this.#rangeOf(order);
    if (index < 0) return false;
    const { from, to } = this.#missing[index] as Range;
    const rest = [{ from, to: order - 1 }, { from: order + 1, to }].filter((range) => range.from <= range.to);
    this.#missing.splice(index, 1, ...rest);
    return true;
  }

  /** Index of the missing range that contains the number; -1 if there is none. */
  #rangeOf(order: number): number {
    return this.#missing.findLastIndex(({ from, to }) => order >= from && order <= to);
  }

  #miss(range: Range): void {
    const at = this.#missing.findLastIndex(({ from }) => from < range.from) + 1;
    this.#missing.splice(at, 0, range);
    if (this.#missing.length > MAX_RANGES) this.#missing.shift();
  }

  #remember(order: number, id: string | undefined): void {
    if (id === undefined) return;
    this.#ids.set(order, id);
    if (this.#ids.size > MAX_IDS) this.#ids.delete(order - MAX_IDS);
  }
}
