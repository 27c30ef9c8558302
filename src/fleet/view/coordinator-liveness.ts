/** Whether the coordinator of a fleet answers: by rows that arrive, or, if none arrive, by a request. */
import { Subscription, catchError, exhaustMap, filter, map, of, take, timeout } from 'rxjs';
import { mono, ticks, wall } from '../../core/clock.js';
import { VIEW } from '../../core/defaults/fleet.js';
import type { Coordinator } from '../coordinator.js';

export class CoordinatorLiveness {
  readonly #work = new Subscription();
  #answered = mono();
  #heardAt = wall();

  constructor(coordinator: Pick<Coordinator, 'rows'>) {
    // Without rows, a request distinguishes a fleet whose workers are all dead from a broker that is down.
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
  /** Wall-clock time of the last row, in ms since 1970. */
  get heardAt(): number { return this.#heardAt; }

  heard(): void {
    this.#answered = mono();
    this.#heardAt = wall();
  }

  stop(): void {
    this.#work.unsubscribe();
  }
}
