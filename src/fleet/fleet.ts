/** fleet(): the cameras of this worker, as an Observable. */
import { availableParallelism, hostname } from 'node:os';
import { Observable, Subject, auditTime, isObservable, map, startWith } from 'rxjs';
import { z } from 'zod';
import { PLAN } from '../core/defaults/fleet.js';
import { callback, options as object, parseOptions } from '../core/options.js';
import type { Coordinator } from './coordinator.js';
import type { FleetState, RunCamera } from './types.js';
import { FleetWorker } from './worker/index.js';

/** Options of {@link fleet}. */
export interface FleetConfig<C = unknown> {
  /** Coordinates the fleet: the result of `coordinator(broker)`. */
  readonly coordinator: Coordinator;
  /** Runs one camera, with its configuration from the fleet. */
  readonly run: RunCamera<C>;
  /** The cameras of the whole fleet, by key; the same on each worker. Default: those of the coordinator. */
  readonly cameras$?: Observable<ReadonlyMap<string, C>>;
  /** Name of this worker, unique in the fleet. Default: the host name and the process id. */
  readonly worker?: string;
  /** Capacity of this worker, in cores. Default: 0.8 of the machine's. */
  readonly capacity?: number;
  /** Labels of this worker: a camera that requires labels runs on a worker that has them. Default: none. */
  readonly labels?: readonly string[];
  /** The labels that a camera requires. Default: the configuration's `labels`. */
  readonly labelsOf?: (config: C) => readonly string[];
  /** When it emits, this worker releases its cameras and leaves the fleet. */
  readonly drain$?: Observable<unknown>;
  /** Version of the program, shown in the state of the fleet. Default: empty. */
  readonly version?: string;
  /** Address of this worker's dashboard as other machines reach it, shown in the state of the fleet: `publicUrl` of a dashboard. Default: none. */
  readonly dashboard?: string | undefined;
}

const observable = <T>() => z.custom<Observable<T>>((value) => isObservable(value), { message: 'expected an Observable' });

const SCHEMA = object({
  coordinator: z.custom<Coordinator>((value) => typeof (value as Coordinator | null)?.join === 'function', { message: 'expected a coordinator(…)' }),
  run: callback<RunCamera<never>>(),
  cameras$: observable<ReadonlyMap<string, unknown>>().optional(),
  worker: z.string().min(1).max(200).optional(),
  capacity: z.number().positive().optional(),
  labels: z.array(z.string().min(1)).default([]),
  labelsOf: callback<(config: never) => readonly string[]>().optional(),
  drain$: observable<unknown>().optional(),
  version: z.string().default(''),
  dashboard: z.url({ protocol: /^https?$/, error: 'expected an address that begins with http:// or https://' }).optional(),
});

/** Changes within this time are emitted together; ms. */
const TOGETHER_MS = 20;

/**
 * Runs this worker's share of a fleet's cameras, and emits its state after each change.
 *
 * All workers join one group. Each camera runs on exactly one of them; when a worker dies, its cameras run elsewhere a few
 * seconds later, and no other camera is interrupted. Pass `fence` to `publish`: messages are then sent only while
 * the camera certainly belongs to this worker.
 *
 * - Error: that of `cameras$`. A camera that fails is reported as `failed` and started again after 30 s.
 * - Completion: when `drain$` has emitted, and each camera has moved to another worker or has ended.
 * - Unsubscription: all cameras stop at once, and the worker leaves the group.
 *
 * @example
 * ```ts
 * fleet<{ address: string }>({
 *   coordinator: coordinator(broker),
 *   run: ({ address }, { key, fence, stop$ }) => camera(address, { key }).pipe(
 *     encodeH265(), toMessage(), takeUntil(stop$), publish(broker, { topic: 'video', fence }), retry(),
 *   ),
 * }).subscribe(({ cameras }) => console.log(`${cameras.length} cameras here`));
 * ```
 * @throws InvalidOption
 */
export function fleet<C = unknown>(config: FleetConfig<C>): Observable<FleetState> {
  const given = parseOptions('fleet', SCHEMA, config);
  const { coordinator, run, labels, version, dashboard, drain$ } = given;
  const cameras$ = (given.cameras$ ?? coordinator.cameras$) as Observable<ReadonlyMap<string, C>>;
  const labelsOf = (given.labelsOf ?? labelsIn) as (config: C) => readonly string[];
  const { worker = `${hostname()}-${process.pid}`, capacity = availableParallelism() * PLAN.capacityShare } = given;
  return new Observable((subscriber) => {
    const changed = new Subject<void>();
    const own = new FleetWorker<C>({
      facts: { worker, version, capacity, labels, dashboard }, coordinator, run: run as unknown as RunCamera<C>, labelsOf,
      changed: () => { changed.next(); },
      drained: () => {
        subscriber.next(own.state);
        subscriber.complete();
      },
    });
    subscriber.add(() => { own.end(); });
    const states$ = changed.pipe(startWith(undefined), auditTime(TOGETHER_MS), map(() => own.state));
    subscriber.add(states$.subscribe((state) => { subscriber.next(state); }));
    subscriber.add(cameras$.subscribe({ next: (cameras) => { own.want(cameras); }, error: (error: unknown) => { subscriber.error(error); } }));
    subscriber.add(drain$?.subscribe(() => { own.drain(); }));
  });
}

function labelsIn(config: unknown): readonly string[] {
  const { labels } = (config ?? {}) as { labels?: unknown };
  return Array.isArray(labels) ? labels.filter((one) => typeof one === 'string') : [];
}
