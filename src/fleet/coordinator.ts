/** coordinator(): a broker as the coordinator of a fleet. */
import type { Observable } from 'rxjs';
import { z } from 'zod';
import { type Broker, handleOf } from '../broker/index.js';
import { FLEET } from '../core/defaults/fleet.js';
import type { Coordination, SessionTimes } from '../core/engine/coordination.js';
import { InvalidOption } from '../core/errors/errors.js';
import { count, milliseconds, options as object, parseOptions } from '../core/options.js';
import { requestedCameras } from './requested-cameras.js';

/** Options of {@link coordinator}. */
export interface CoordinatorConfig {
  /** Name of the fleet: prefix of its topics and of its group. Default `rxcam`. */
  readonly name?: string;
  /** Number of slots of a new fleet; an existing fleet keeps its own. Default 256. */
  readonly slots?: number;
  /** Silence after which a worker counts as dead, in ms. Default 6000, the minimum of a default Kafka broker. */
  readonly sessionMs?: number;
  /** Interval of heartbeats, in ms; at most a third of `sessionMs`. Default 1000. */
  readonly heartbeatMs?: number;
}

/** The coordinator of a fleet: its members, their slots, and the requested cameras. */
export interface Coordinator extends Coordination, AsyncDisposable {
  /** Name of the fleet. */
  readonly name: string;
  /** Time limits of the group. */
  readonly times: SessionTimes;
  /** Emits the requested cameras, by key: all of them first, and again after each change. */
  readonly cameras$: Observable<ReadonlyMap<string, unknown>>;
}

const SCHEMA = object({
  name: z.string().regex(/^[a-zA-Z0-9._-]{1,200}$/, "expected up to 200 letters, digits, '.', '_' or '-'").default(FLEET.name),
  slots: count().max(10_000).default(FLEET.slots),
  sessionMs: milliseconds().min(1_500).default(FLEET.sessionMs),
  heartbeatMs: milliseconds().min(50).default(FLEET.heartbeatMs),
}).refine(({ sessionMs, heartbeatMs }) => heartbeatMs * 3 <= sessionMs, { message: "expected 'heartbeatMs' to be at most a third of 'sessionMs'" });

/**
 * A broker as the coordinator of a fleet: on Kafka a consumer group, on Redis leases. It connects when the first worker joins.
 *
 * @example
 * ```ts
 * const broker = kafka({ brokers: ['localhost:9092'] });
 * fleet({ coordinator: coordinator(broker), run: (config, { fence, stop$ }) => pipelineOf(config, fence, stop$) }).subscribe();
 * ```
 * @throws InvalidOption for a broker that can't coordinate a fleet, and for an invalid option
 */
export function coordinator(broker: Broker, config: CoordinatorConfig = {}): Coordinator {
  const { name, slots, sessionMs, heartbeatMs } = parseOptions('coordinator', SCHEMA, config);
  const driver = handleOf('coordinator', broker).driver();
  if (driver.coordination === undefined) throw new InvalidOption(`coordinator: option 'broker': ${driver.kind} given, expected one that can coordinate: kafka, redis or memory`);
  return withCameras(driver.coordination({ name, slots }), name, { sessionMs, heartbeatMs, rebalanceMs: FLEET.rebalanceMs });
}

/** Adds a name, times and the requested cameras to a coordination. */
export function withCameras(coordination: Coordination, name: string, times: SessionTimes): Coordinator {
  return {
    name, times,
    join: (membership) => coordination.join(membership),
    claim: (worker, claims) => coordination.claim(worker, claims),
    rows: (table, recentMs) => coordination.rows(table, recentMs),
    write: (table, rows) => coordination.write(table, rows),
    close: () => { coordination.close(); },
    [Symbol.asyncDispose]: () => {
      coordination.close();
      return Promise.resolve();
    },
    cameras$: requestedCameras(coordination),
  };
}
