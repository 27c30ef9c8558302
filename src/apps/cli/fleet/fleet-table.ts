/** Reads a table of a fleet, once or with its changes. */
import { type Observable, filter, map, scan, take, throwError, timeout } from 'rxjs';
import type { Coordination, Rows, TableName } from '../../../core/engine/coordination.js';

/** Silence after which a coordinator counts as unreachable; ms. */
const WITHIN_MS = 20_000;

/** Emits the rows of a table, as values by key, when all are known, and after each change. */
export function watchTable(coordination: Pick<Coordination, 'rows'>, name: TableName): Observable<ReadonlyMap<string, string>> {
  return coordination.rows(name).pipe(
    scan(({ table }: { table: Map<string, string>; isWhole: boolean }, { rows, isWhole }: Rows) => {
      for (const { key, value } of rows) {
        if (value === undefined) table.delete(key);
        else table.set(key, value);
      }
      return { table, isWhole };
    }, { table: new Map<string, string>(), isWhole: false }),
    filter(({ isWhole }) => isWhole),
    map(({ table }) => new Map(table)),
    timeout({ first: WITHIN_MS, with: () => throwError(() => new Error(`the broker has not answered within ${WITHIN_MS / 1_000} s: check its address, and that it runs`)) }),
  );
}

/** The current rows of a table. */
export function readTable(coordination: Pick<Coordination, 'rows'>, name: TableName): Observable<ReadonlyMap<string, string>> {
  return watchTable(coordination, name).pipe(take(1));
}
