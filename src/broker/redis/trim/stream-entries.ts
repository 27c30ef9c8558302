/** Ids and sizes of the entries of one stream, oldest first. */

const INITIAL_CAPACITY = 64;

/**
 * A ring buffer in typed arrays. An object for each entry would live so long that V8 allocates it in old space, which starts a
 * collection of the whole heap every few hundred messages.
 */
export class StreamEntries {
  /** Bytes of all entries. */
  bytes = 0;
  #times = new BigUint64Array(INITIAL_CAPACITY);
  #sequences = new BigUint64Array(INITIAL_CAPACITY);
  #sizes = new Float64Array(INITIAL_CAPACITY);
  /** Positions count all entries since the first, removed ones included. */
  #first = 0;
  #next = 0;

  /** Position of the oldest entry. */
  get first(): number { return this.#first; }
  /** Position of the next entry that is written. */
  get next(): number { return this.#next; }
  get length(): number { return this.#next - this.#first; }

  /** @param id - two unsigned numbers of 64 bits, as Redis writes them: `1764421200000-0` */
  push(id: string, bytes: number): void {
    if (this.length === this.#sizes.length) this.#grow();
    const slot = this.#slotOf(this.#next++);
    const dash = id.indexOf('-');
    this.#times[slot] = BigInt(id.slice(0, dash));
    this.#sequences[slot] = BigInt(id.slice(dash + 1));
    this.#sizes[slot] = bytes;
    this.bytes += bytes;
  }

  shift(): void {
    if (this.length > 0) this.bytes -= this.sizeAt(this.#first++);
  }

  sizeAt(position: number): number {
    return this.#sizes[this.#slotOf(position)] as number;
  }

  idAt(position: number): string {
    const slot = this.#slotOf(position);
    return `${this.#times[slot] as bigint}-${this.#sequences[slot] as bigint}`;
  }

  /** The lowest id after that of an entry. */
  idAfter(position: number): string {
    const slot = this.#slotOf(position);
    return `${this.#times[slot] as bigint}-${(this.#sequences[slot] as bigint) + 1n}`;
  }

  #slotOf(position: number): number {
    return position % this.#sizes.length;
  }

  #grow(): void {
    const [times, sequences, sizes] = [this.#times, this.#sequences, this.#sizes];
    const capacity = sizes.length * 2;
    this.#times = new BigUint64Array(capacity);
    this.#sequences = new BigUint64Array(capacity);
    this.#sizes = new Float64Array(capacity);
    for (let position = this.#first; position < this.#next; position++) {
      const [from, to] = [position % sizes.length, this.#slotOf(position)];
      this.#times[to] = times[from] as bigint;
      this.#sequences[to] = sequences[from] as bigint;
      this.#sizes[to] = sizes[from] as number;
    }
  }
}
