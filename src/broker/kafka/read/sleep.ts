/** A wait that can be ended early. */

export class Sleep {
  #wake: (() => void) | undefined;

  /** Resolves after a time in ms, or when it is woken. */
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
