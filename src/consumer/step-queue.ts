/** Messages that wait for their turn: stepped through in order, as long as the next can be taken now. */

export class StepQueue<T> {
  readonly #waiting: T[] = [];
  #isOver = false;
  #isRunning = false;

  /**
   * @param step - looks at the next one, which stays until `shift` removes it; false where nothing can be done now
   * @param drained - no more come, and none waits; called again with each `run` from then on
   */
  constructor(readonly step: (next: T) => boolean, readonly drained: () => void) {}

  push(one: T): void {
    this.#waiting.push(one);
    this.run();
  }

  /** No more come. */
  end(): void {
    this.#isOver = true;
    this.run();
  }

  shift(): void {
    this.#waiting.shift();
  }

  /** Removes all. */
  clear(): T[] {
    return this.#waiting.splice(0);
  }

  /** Something has changed: the next one may be taken now. Never runs within itself. */
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
