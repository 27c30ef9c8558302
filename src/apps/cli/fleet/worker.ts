/** The command `worker`: runs its share of a fleet's cameras until it is drained. */
import type { Logger } from 'pino';
import { type Observable, distinctUntilKeyChanged, lastValueFrom, map, share, switchMap, take, takeUntil, tap, timer } from 'rxjs';
import type { BrokerTarget } from '../../../broker/index.js';
import type { Camera } from '../../../camera/index.js';
import type { CameraStats } from '../../../ledger/index.js';
import { type FleetState, fleet } from '../../../fleet/index.js';
import type { WorkerArguments } from '../arguments/index.js';
import { type CameraHealth, cameraHealth, serveHealth } from '../health/index.js';
import { logWarnings, openDashboard, stop$, version } from '../program/index.js';
import { CostMeter } from './cost.js';
import { openCoordinator, openFleet } from './open-fleet.js';
import { runCamera } from './run-camera.js';

/** Time limit for a worker to release its cameras before it ends; ms. */
const DRAIN_MS = 20_000;

/**
 * @returns the exit code
 * @throws InvalidOption, before anything has started
 */
export async function runWorker(command: WorkerArguments, env: NodeJS.ProcessEnv, secrets: readonly string[]): Promise<number> {
  const { target, coordinator, logger, close } = openFleet(command, env, secrets);
  logWarnings(logger);
  const others = Object.entries(command.brokers).map(([name, address]): [string, BrokerTarget] =>
    [name, openCoordinator(address, "worker: option 'broker'", command.options, { env, logger })]);
  const brokers = new Map<string, BrokerTarget>([['fleet', target], ...others]);
  const costs = new CostMeter();
  const { worker: name, capacity, labels, json } = command;
  const running = new Set<Camera>();
  const own: { state: FleetState | undefined } = { state: undefined };
  const page = await openDashboard(command, {
    cameras: () => running, brokers: () => [...brokers.values()].map(({ broker }) => broker), fleet: coordinator, worker: () => own.state,
  }, env, logger);
  const drain$ = stop$.pipe(tap((reason) => { logger.info({ reason }, 'draining'); }), share());
  const end = { isForced: false };
  const late$ = drain$.pipe(take(1), switchMap(() => timer(DRAIN_MS)), tap(() => { end.isForced = true; }));
  const onEnd = (source: Camera, { captured, published, delivered, skipped, dropped, inFlight }: CameraStats) => {
    const { key: camera } = source;
    running.delete(source);
    costs.forget(camera);
    const counts = { camera, captured, published, delivered, skipped, dropped, inFlight };
    if (json) process.stdout.write(`${JSON.stringify(counts)}\n`);
    else logger.info(counts, 'camera ended here');
  };
  const states$ = fleet({
    coordinator, labels, drain$, version: version(), dashboard: page?.publicUrl,
    run: runCamera({ brokers, env, logger, onEnd, onStart: (camera) => { running.add(camera); }, costOf: (key, stats) => costs.of(key, stats) }),
    ...(name !== undefined && { worker: name }), ...(capacity !== undefined && { capacity }),
  }).pipe(tap((state) => { own.state = state; }));
  serveHealth('worker', () => ({
    cameras: camerasOf(own.state, running),
    brokers: [...brokers.values()].map(({ broker }) => broker),
    worker: { name: own.state?.worker ?? name ?? '', status: own.state?.status ?? 'joining' },
  }), logger, env);
  await lastValueFrom(reported(states$, json, logger).pipe(takeUntil(late$)), { defaultValue: undefined });
  if (end.isForced) logger.error(`cameras could not be moved to other workers within ${DRAIN_MS} ms`);
  await page?.close();
  for (const [, { broker }] of others) await broker.close();
  await close();
  return end.isForced ? 1 : 0;
}

/** The states of this worker's cameras; that of a running one is the state of its source. */
function camerasOf(state: FleetState | undefined, running: Iterable<Camera>): CameraHealth[] {
  const byKey = new Map([...running].map((camera) => [camera.key, camera]));
  return (state?.cameras ?? []).map(({ key, state: owned, error }) => {
    const camera = owned === 'running' ? byKey.get(key) : undefined;
    return camera === undefined ? { camera: key, state: owned, error } : cameraHealth(camera);
  });
}

/** Reports each change of this worker's cameras: in the log, or as JSON on stdout. */
function reported(states$: Observable<FleetState>, json: boolean, logger: Logger): Observable<unknown> {
  let unplaced = '';
  return states$.pipe(
    map((state) => ({ state, line: JSON.stringify(summaryOf(state)) })),
    distinctUntilKeyChanged('line'),
    tap(({ state, line }) => {
      if (json) process.stdout.write(`${line}\n`);
      else logger.info(summaryOf(state), 'owns');
      const unplacedNow = state.cameras.filter((one) => one.state === 'unplaced').map(({ key }) => key).join(', ');
      if (unplacedNow !== unplaced && unplacedNow !== '') logger.error({ cameras: unplacedNow }, 'no worker can run these cameras');
      unplaced = unplacedNow;
    }),
  );
}

function summaryOf({ worker: name, status, generation, isLeader, workers, cameras }: FleetState): Record<string, unknown> {
  const counts: Record<string, number> = {};
  for (const { state } of cameras) counts[state] = (counts[state] ?? 0) + 1;
  return { worker: name, status, generation, leader: isLeader, workers: workers.length, cameras: counts };
}
