/** A timer whose time can be changed. */
import { type Subscription, asyncScheduler } from 'rxjs';
import { mono } from '../../core/clock.js';

export class Timer {
  #timer: Subscription | undefined;
  #at = Infinity;

  constructor(readonly fire: () => void) {}

  /** Monotonic time in ms at which it fires; Infinity for never. */
  get at(): number { return this.#at; }

  /** @param at - monotonic time in ms; Infinity for never */
  set(at: number): void {
    if (this.#at === at) return;
    this.#timer?.unsubscribe();
    this.#at = at;
    if (at === Infinity) return;
    this.#timer = asyncScheduler.schedule(() => {
      this.#at = Infinity;
      this.fire();
    }, Math.ceil(at - mono()));
  }
}
