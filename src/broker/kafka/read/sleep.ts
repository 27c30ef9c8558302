/** A wait that can be ended early. */

export class Sleep {
  #wake: (() => void) | undefined;

  /** Resolves after this time in ms, or when `wake` is called. */
  for(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  wake(): void {
    this.#wake?.();
    this.#wake = undefined;
  }
}
