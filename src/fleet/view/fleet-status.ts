/** fleetStatus(): the state of a whole fleet, as an Observable. */
import { Observable, filter, map, merge } from 'rxjs';
import { ticks } from '../../core/clock.js';
import { VIEW } from '../../core/defaults/fleet.js';
import type { Coordinator } from '../coordinator.js';
import { FleetView } from './fleet-view.js';
import type { FleetStatus } from './types.js';

/**
 * Emits the state of a whole fleet, from the reports of its workers: when it is known, then every second. Joins no group, and changes nothing.
 *
 * - Error: never. While the coordinator does not answer, it emits the last known state, with `answers: false`; before the first answer, nothing.
 * - Completion: never.
 * - Unsubscription: ends the reading; `coordinator.close()` ends the connections.
 *
 * @example
 * ```ts
 * fleetStatus(coordinator(broker)).subscribe(({ counts }) => console.log(`${counts.unplaced} cameras are unplaced`));
 * ```
 */
export function fleetStatus(coordinator: Coordinator): Observable<FleetStatus> {
  return new Observable<FleetStatus>((subscriber) => {
    const view = new FleetView(coordinator);
    subscriber.add(() => { view.stop(); });
    const looks$ = merge(view.known$, ticks(VIEW.lookMs).pipe(filter(() => view.isKnown)));
    subscriber.add(looks$.pipe(map(() => view.status())).subscribe(subscriber));
  });
}
