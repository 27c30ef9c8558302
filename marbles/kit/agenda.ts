/** A clock that can pause, with scheduled actions. */
import { type Subscription, asyncScheduler } from 'rxjs';

interface Item { readonly at: number; readonly action: () => void }

/** Runs actions at their times, in ms since its creation without pauses; actions of one time in the order in which they were added. */
export class Agenda {
  readonly #items: Item[] = [];
  #timer: Subscription | undefined;
  /** Elapsed time when the clock was last started. */
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

  /** Cancels all actions. */
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

  /** Runs one action, which may pause or stop the clock. */
  #run(): void {
    this.#timer = undefined;
    this.#items.shift()?.action();
    // eslint-disable-next-line @typescript-eslint/no-unnecessary-condition -- the action may have planned the next turn
    if (this.#timer === undefined) this.#plan();
  }
}
