/** Whether the coordinator of a fleet answers: by news of the fleet, or without news by a request. */
import { Subscription, catchError, exhaustMap, filter, map, of, take, timeout } from 'rxjs';
import { mono, ticks, wall } from '../../core/clock.js';
import { VIEW } from '../../core/defaults/fleet.js';
import type { Coordinator } from '../coordinator.js';

export class CoordinatorLiveness {
  readonly #work = new Subscription();
  #answered = mono();
  #heardAt = wall();

  constructor(coordinator: Pick<Coordinator, 'rows'>) {
    // A fleet whose workers are all dead is as silent as a broker that is down.
    const asked$ = ticks(VIEW.lookMs).pipe(
      filter(() => mono() - this.#answered > VIEW.askAfterMs),
      exhaustMap(() => coordinator.rows('workers').pipe(
        filter(({ isWhole }) => isWhole), take(1), map(() => true), timeout(VIEW.askMs), catchError(() => of(false)),
      )),
    );
    this.#work.add(asked$.subscribe((isAnswered) => { if (isAnswered) this.#answered = mono(); }));
  }

  get isAnswering(): boolean { return mono() - this.#answered <= VIEW.silentMs; }
  /** Monotonic time of the last answer. */
  get answeredAt(): number { return this.#answered; }
  /** Time of the last news of the fleet. */
  get heardAt(): number { return this.#heardAt; }

  heard(): void {
    this.#answered = mono();
    this.#heardAt = wall();
  }

  stop(): void {
    this.#work.unsubscribe();
  }
}
