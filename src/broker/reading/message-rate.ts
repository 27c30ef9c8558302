/** Messages and bytes per second, over windows of a second. */
import { mono } from '../../core/clock.js';

const WINDOW_MS = 1_000;

interface Mark { readonly at: number; readonly messages: number; readonly bytes: number }

export class MessageRate {
  #mark: Mark | undefined;
  #rate = { messages: 0, bytes: 0 };

  /** Counts a message. @param messages - total so far; `bytes`: of all of them */
  note(messages: number, bytes: number): void {
    const at = mono();
    this.#mark ??= { at, messages: 0, bytes: 0 };
    if (at - this.#mark.at >= WINDOW_MS) this.#close({ at, messages, bytes }, this.#mark);
  }

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
