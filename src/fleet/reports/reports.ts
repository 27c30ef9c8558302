/** Writes a worker's rows on change, and every few seconds. */
import { EMPTY, type Observable, Subject, Subscription, auditTime, catchError, exhaustMap, merge } from 'rxjs';
import type { Coordination, Row, TableName } from '../../core/engine/coordination.js';
import { ticks } from '../../core/clock.js';
import { FLEET } from '../../core/defaults/fleet.js';

/** Changes within this time are written together; ms. */
const TOGETHER_MS = 250;

/** Writes rows of a table when they change, and all of them at an interval. */
export class Reports {
  /** The last rows written, by key. */
  readonly #written = new Map<string, string>();
  readonly #changes = new Subject<void>();
  readonly #work = new Subscription();

  /**
   * @param rows - all rows of this worker, by key, called for each report
   * @param isGone - whether to remove a row that is no longer among `rows`
   * @param stable - the part of a row whose changes are written at once
   */
  constructor(
    readonly coordination: Pick<Coordination, 'write'>, readonly table: TableName, readonly rows: () => ReadonlyMap<string, string>,
    readonly isGone: (key: string) => boolean, readonly stable: (text: string) => string = (text) => text,
  ) {
    const all$ = ticks(FLEET.statusMs).pipe(exhaustMap(() => this.#write([...this.rows()])));
    const changed$ = this.#changes.pipe(auditTime(TOGETHER_MS), exhaustMap(() => this.#write(this.#changedRows())));
    this.#work.add(merge(all$, changed$).subscribe());
  }

  changed(): void {
    this.#changes.next();
  }

  end(): void {
    this.#work.unsubscribe();
  }

  #changedRows(): [string, string | undefined][] {
    const now = this.rows();
    const changed = [...now].filter(([key, text]) => this.stable(text) !== this.#written.get(key));
    const left = [...this.#written.keys()].filter((key) => !now.has(key));
    for (const key of left) if (!this.isGone(key)) this.#written.delete(key);
    return [...changed, ...left.filter((key) => this.isGone(key)).map((key): [string, undefined] => [key, undefined])];
  }

  #write(rows: readonly (readonly [string, string | undefined])[]): Observable<never> {
    if (rows.length === 0) return EMPTY;
    for (const [key, text] of rows) {
      if (text === undefined) this.#written.delete(key);
      else this.#written.set(key, this.stable(text));
    }
    const some = rows.map(([key, value]): Row => ({ key, value }));
    // The next report follows in a few seconds.
    return this.coordination.write(this.table, some).pipe(catchError(() => EMPTY));
  }
}
