/** A clock that can stand still, and what is due on it. */
import { type Subscription, asyncScheduler } from 'rxjs';

interface Item { readonly at: number; readonly action: () => void }

/** Runs actions at their times, in ms since its creation, pauses not counted; equal times in the order they were put in. */
export class Agenda {
  readonly #items: Item[] = [];
  #timer: Subscription | undefined;
  /** Time that had passed when the clock was last started. */
  #elapsed = 0;
  #startedAt: number | undefined = asyncScheduler.now();
  #over = false;

  get now(): number {
    return this.#elapsed + (this.#startedAt === undefined ? 0 : asyncScheduler.now() - this.#startedAt);
  }

  put(at: number, action: () => void): void {
    const later = this.#items.findIndex((item) => item.at > at);
    this.#items.splice(later < 0 ? this.#items.length : later, 0, { at, action });
    this.#plan();
  }

  pause(): void {
    this.#elapsed = this.now;
    this.#startedAt = undefined;
    this.#plan();
  }

  resume(): void {
    this.#startedAt ??= asyncScheduler.now();
    this.#plan();
  }

  /** Nothing more happens. */
  stop(): void {
    this.#over = true;
    this.#plan();
  }

  #plan(): void {
    this.#timer?.unsubscribe();
    this.#timer = undefined;
    const [next] = this.#items;
    if (next === undefined || this.#over || this.#startedAt === undefined) return;
    this.#timer = asyncScheduler.schedule(() => { this.#run(); }, Math.max(0, next.at - this.now));
  }

  /** One action a turn: it may pause the clock, or stop it. */
  #run(): void {
    this.#timer = undefined;
    this.#items.shift()?.action();
    // eslint-disable-next-line @typescript-eslint/no-unnecessary-condition -- the action may have planned the next turn
    if (this.#timer === undefined) this.#plan();
  }
}
