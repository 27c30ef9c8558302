/** Kafka as the coordinator of a fleet: loaded when a worker joins. */
import { type Observable, defer, from, switchMap } from 'rxjs';
import type { Coordination, FleetPlace } from '../../../core/engine/coordination.js';
import type { KafkaOptions } from '../options.js';
import type { KafkaReaderHooks } from '../read/index.js';
import type { KafkaCoordination } from './kafka-coordination.js';

export function kafkaCoordination(place: FleetPlace, options: KafkaOptions, hooks: KafkaReaderHooks): Coordination {
  let loading: Promise<KafkaCoordination> | undefined;
  const load = () => loading ??= import('./kafka-coordination.js').then(({ KafkaCoordination: Loaded }) => Loaded.open(place, options, hooks));
  const when = <T>(use: (coordination: KafkaCoordination) => Observable<T>) => defer(() => from(load())).pipe(switchMap(use));
  return {
    join: (membership) => when((one) => one.join(membership)),
    claim: (worker, claims) => when((one) => one.claim(worker, claims)),
    rows: (table, recentMs) => when((one) => one.rows(table, recentMs)),
    write: (table, rows) => when((one) => one.write(table, rows)),
    close: () => { loading?.then((one) => { one.close(); }, () => { /* Nothing was opened. */ }); },
  };
}
