/** The metrics of a worker of a fleet. Each worker reports only its own values, so that sums over all workers are those of the fleet. */
import type { FleetState, OwnedCamera } from '../../fleet/index.js';
import { type Family, singleFamily, stateFamily } from './family.js';
import { labels } from './labels.js';
import type { Labelled } from './exposition.js';

const STATES: readonly FleetState['status'][] = ['joining', 'member', 'lapsed', 'draining'];
/** States of its cameras; unplaced ones have a separate family. */
const CAMERA_STATES = (['waiting', 'running', 'failed', 'ended', 'stopping'] as const satisfies readonly OwnedCamera['state'][])
  .map((state) => [state, labels({ state })] as const);

const cameras: Family<FleetState> = {
  name: 'rxcam_fleet_cameras', type: 'gauge', help: 'Cameras that this worker of a fleet has, by state.',
  samples: (worker, put) => { for (const [state, own] of CAMERA_STATES) put(countOf(worker, state), own); },
};

export const WORKER_FAMILIES: readonly Family<FleetState>[] = [
  stateFamily('rxcam_fleet_worker_state', 'State of this worker of a fleet: 1 for the current one.', STATES, ({ status }) => status),
  cameras,
  singleFamily('rxcam_fleet_unplaced', 'gauge', 'Cameras of its slots that no worker can run: none has room for them, or has their labels.', (worker) => countOf(worker, 'unplaced')),
  singleFamily('rxcam_fleet_requested_cameras', 'gauge', 'Requested cameras of the whole fleet, as this worker knows them.', ({ requested }) => requested),
  singleFamily('rxcam_fleet_slots', 'gauge', 'Slots that this worker has.', ({ slots }) => slots),
  singleFamily('rxcam_fleet_workers', 'gauge', 'Workers of the fleet, as of the last round of its group.', ({ workers }) => workers.length),
  singleFamily('rxcam_fleet_leader', 'gauge', '1 on the worker that makes the plan.', ({ isLeader }) => Number(isLeader)),
  singleFamily('rxcam_fleet_generation', 'gauge', 'Number of the last round of the group; each round may move slots.', ({ generation }) => generation),
  singleFamily('rxcam_fleet_capacity_cores', 'gauge', 'CPU that the cameras of this worker may take, in cores.', ({ capacity }) => capacity),
  singleFamily('rxcam_fleet_load_cores', 'gauge', 'Measured CPU of these cameras, in cores.', ({ load }) => load),
];

/** The worker as a target; empty before the worker has started. */
export function workerTargets(worker: FleetState | undefined): Labelled<FleetState>[] {
  return worker === undefined ? [] : [{ target: worker, own: labels({ fleet: worker.fleet, worker: worker.worker }) }];
}

function countOf({ cameras: own }: FleetState, state: OwnedCamera['state']): number {
  return own.reduce((count, camera) => count + (camera.state === state ? 1 : 0), 0);
}
