/** Messages and bytes per second, over windows of at least a second. */
import { mono } from '../../core/clock.js';

const WINDOW_MS = 1_000;

/** The totals at the start of the window; `at` is monotonic, in ms. */
interface Mark { readonly at: number; readonly messages: number; readonly bytes: number }

export class MessageRate {
  #mark: Mark | undefined;
  #rate = { messages: 0, bytes: 0 };

  /**
   * Called after each message.
   * @param messages - number of all messages so far, that one included
   * @param bytes - their bytes together
   */
  note(messages: number, bytes: number): void {
    const at = mono();
    this.#mark ??= { at, messages: 0, bytes: 0 };
    if (at - this.#mark.at >= WINDOW_MS) this.#close({ at, messages, bytes }, this.#mark);
  }

  /** The rate of the last complete window. Parameters: as of `note`. */
  now(messages: number, bytes: number): { readonly messages: number; readonly bytes: number } {
    const at = mono();
    if (this.#mark !== undefined && at - this.#mark.at >= WINDOW_MS) this.#close({ at, messages, bytes }, this.#mark);
    return this.#rate;
  }

  #close(now: Mark, before: Mark): void {
    const perSecond = 1_000 / (now.at - before.at);
    this.#rate = { messages: (now.messages - before.messages) * perSecond, bytes: (now.bytes - before.bytes) * perSecond };
    this.#mark = now;
  }
}
