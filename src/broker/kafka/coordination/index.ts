/** Kafka as the coordinator of a fleet: its module is loaded on the first call. */
import { type Observable, defer, from, switchMap } from 'rxjs';
import type { Coordination, FleetPlace } from '../../../core/engine/coordination.js';
import type { KafkaOptions } from '../options.js';
import type { KafkaReaderHooks } from '../read/index.js';
import type { KafkaCoordination } from './kafka-coordination.js';

export function kafkaCoordination(place: FleetPlace, options: KafkaOptions, hooks: KafkaReaderHooks): Coordination {
  let loading: Promise<KafkaCoordination> | undefined;
  const load = () => loading ??= import('./kafka-coordination.js').then(({ KafkaCoordination: Loaded }) => Loaded.open(place, options, hooks));
  const whenLoaded = <T>(use: (coordination: KafkaCoordination) => Observable<T>) => defer(() => from(load())).pipe(switchMap(use));
  return {
    join: (membership) => whenLoaded((one) => one.join(membership)),
    claim: (worker, claims) => whenLoaded((one) => one.claim(worker, claims)),
    rows: (table, recentMs) => whenLoaded((one) => one.rows(table, recentMs)),
    write: (table, rows) => whenLoaded((one) => one.write(table, rows)),
    close: () => { loading?.then((one) => { one.close(); }, () => { /* Nothing was opened. */ }); },
  };
}
