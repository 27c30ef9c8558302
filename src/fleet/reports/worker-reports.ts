/** The rows that a worker writes: one about itself, and a row for each of its cameras. */
import { hostname } from 'node:os';
import { EMPTY, type Observable, catchError, timeout } from 'rxjs';
import type { Coordination } from '../../core/engine/coordination.js';
import { wall } from '../../core/clock.js';
import { FLEET } from '../../core/defaults/fleet.js';
import { Reports } from './reports.js';
import type { CameraReport, FleetState, OwnedCamera } from '../types.js';
import { type WorkerFacts, readObject } from '../worker-protocol.js';

/** The reported part of a slot. */
interface ReportedSlot {
  readonly slot: number;
  readonly cost: number;
  readonly cameras: readonly { readonly key: string; readonly report: CameraReport }[];
}

interface Sources {
  slots(): Iterable<ReportedSlot>;
  state(): FleetState;
  isWanted(key: string): boolean;
}

export class WorkerReports {
  readonly #worker: Reports;
  readonly #cameras: Reports;

  constructor(readonly coordination: Pick<Coordination, 'write'>, readonly facts: WorkerFacts, readonly sources: Sources) {
    this.#worker = new Reports(coordination, 'workers', () => new Map([[`worker/${facts.worker}`, this.#workerRow()]]), () => false, stableWorker);
    this.#cameras = new Reports(coordination, 'reports', () => this.#cameraRows(), (key) => !sources.isWanted(key), stableCamera);
  }

  changed(): void {
    this.#worker.changed();
    this.#cameras.changed();
  }

  end(): void {
    this.#worker.end();
    this.#cameras.end();
  }

  /** Removes the worker's row, and the request to drain it, if the coordinator can be reached. */
  leave(): Observable<never> {
    const rows = ['worker', 'drain'].map((what) => ({ key: `${what}/${this.facts.worker}`, value: undefined }));
    return this.coordination.write('workers', rows).pipe(timeout(FLEET.silenceMs), catchError(() => EMPTY));
  }

  #workerRow(): string {
    const { version, capacity, labels, dashboard } = this.facts;
    const { status, isLeader, generation, cameras } = this.sources.state();
    const slots = [...this.sources.slots()];
    const costs = slots.filter(({ cost }) => cost > 0).map(({ slot, cost }) => [slot, rounded(cost)] as const);
    return JSON.stringify({
      at: wall(), version, capacity, labels, status, leader: isLeader, generation, slots: slots.length, cameras: cameras.length,
      own: slots.map(({ slot }) => slot),
      load: rounded(costs.reduce((sum, [, cost]) => sum + cost, 0)), costs, dashboard, host: hostname(),
    });
  }

  #cameraRows(): ReadonlyMap<string, string> {
    const reports = new Map([...this.sources.slots()].flatMap(({ cameras }) => cameras.map(({ key, report }) => [key, report] as const)));
    const at = wall();
    return new Map(this.sources.state().cameras.map(({ key, slot, epoch, state, error }) => {
      const { state: camera, cost, fpsIn, fpsOut, fpsWanted, published, dropped, isSlow, ...more } = reports.get(key) ?? {};
      const row = {
        at, worker: this.facts.worker, slot, epoch, state: shown(state, camera), in: fpsIn, out: fpsOut, wanted: fpsWanted, published, dropped,
        slow: isSlow === true ? true : undefined, down: more.downSince, error: error ?? more.error, errorAt: more.errorAt,
        cost: cost === undefined ? undefined : rounded(cost),
      };
      return [key, JSON.stringify(row)];
    }));
  }
}

/** A camera that waits to reconnect is `waiting` too, so the wait for a slot is reported as another state. */
function shown(state: OwnedCamera['state'], camera: string | undefined): string {
  if (state === 'waiting') return 'starting';
  return state === 'running' ? camera ?? state : state;
}

/** The members whose changes are written at once. */
function stableCamera(text: string): string {
  const { worker, epoch, state, slow, error } = readObject(text);
  return JSON.stringify([worker, epoch, state, slow, error]);
}

function stableWorker(text: string): string {
  const { status, leader, own, cameras, labels, capacity } = readObject(text);
  return JSON.stringify([status, leader, own, cameras, labels, capacity]);
}

function rounded(cores: number): number {
  return Math.round(cores * 10_000) / 10_000;
}
