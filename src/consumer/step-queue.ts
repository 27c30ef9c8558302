/** A queue of messages that are processed in order; it pauses while the next one can't be processed. */

export class StepQueue<T> {
  readonly #waiting: T[] = [];
  #hasEnded = false;
  #isRunning = false;

  /**
   * @param step - processes the next message, which stays in the queue until `shift` removes it; returns false if that is not possible now
   * @param onDrained - called when the input has ended and the queue is empty, and then after each `run`
   */
  constructor(readonly step: (next: T) => boolean, readonly onDrained: () => void) {}

  push(item: T): void {
    this.#waiting.push(item);
    this.run();
  }

  /** Ends the input. */
  end(): void {
    this.#hasEnded = true;
    this.run();
  }

  shift(): void {
    this.#waiting.shift();
  }

  /** Removes and returns all messages. */
  clear(): T[] {
    return this.#waiting.splice(0);
  }

  /** Processes messages until `step` returns false. Called after each change; a call from within a step does nothing. */
  run(): void {
    if (this.#isRunning) return;
    this.#isRunning = true;
    try {
      for (let [next] = this.#waiting; next !== undefined && this.step(next); [next] = this.#waiting);
    } finally {
      this.#isRunning = false;
    }
    if (this.#hasEnded && this.#waiting.length === 0) this.onDrained();
  }
}
