/** A queue of messages that are processed in order; it pauses while the next one can't be processed. */

export class StepQueue<T> {
  readonly #waiting: T[] = [];
  #isOver = false;
  #isRunning = false;

  /**
   * @param step - processes the next one, which stays until `shift` removes it; returns false if that is not possible now
   * @param drained - called when the input has ended and the queue is empty; from then on, with each `run`
   */
  constructor(readonly step: (next: T) => boolean, readonly drained: () => void) {}

  push(one: T): void {
    this.#waiting.push(one);
    this.run();
  }

  /** Ends the input. */
  end(): void {
    this.#isOver = true;
    this.run();
  }

  shift(): void {
    this.#waiting.shift();
  }

  /** Removes and returns all messages. */
  clear(): T[] {
    return this.#waiting.splice(0);
  }

  /** Processes messages after any change. Never runs recursively. */
  run(): void {
    if (this.#isRunning) return;
    this.#isRunning = true;
    try {
      for (let [next] = this.#waiting; next !== undefined && this.step(next); [next] = this.#waiting);
    } finally {
      this.#isRunning = false;
    }
    if (this.#isOver && this.#waiting.length === 0) this.drained();
  }
}
