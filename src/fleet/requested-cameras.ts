/** The requested cameras, from the table of cameras. */
import { Observable, asyncScheduler, auditTime, filter, map, scan } from 'rxjs';
import type { Coordination } from '../core/engine/coordination.js';

/** Changes within this time are emitted together; ms. */
const TOGETHER_MS = 20;

interface CameraTable { readonly cameras: Map<string, unknown>; readonly isWhole: boolean }

/** Emits all cameras when the table is known, and after each change. Ignores values that are not JSON. */
export function requestedCameras(coordination: Coordination): Observable<ReadonlyMap<string, unknown>> {
  return new Observable<ReadonlyMap<string, unknown>>((subscriber) => coordination.rows('cameras').pipe(
    scan(({ cameras }: CameraTable, { rows, isWhole }) => {
      for (const { key, value } of rows) {
        const config = value === undefined ? undefined : parsed(value);
        if (config === undefined) cameras.delete(key);
        else cameras.set(key, config);
      }
      return { cameras, isWhole };
    }, { cameras: new Map<string, unknown>(), isWhole: false }),
    filter(({ isWhole }) => isWhole),
    auditTime(TOGETHER_MS, asyncScheduler),
    map(({ cameras }) => new Map(cameras)),
  ).subscribe(subscriber));
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
