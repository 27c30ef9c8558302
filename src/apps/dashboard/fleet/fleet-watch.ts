/** Watches a fleet while a page is open, and for some time afterwards; otherwise it reads nothing. */
import { hostname } from 'node:os';
import { type Subscription, asyncScheduler } from 'rxjs';
import { DASHBOARD } from '../../../core/defaults/monitoring.js';
import { redactValue } from '../../../core/redact/redact.js';
import { type Coordinator, type FleetCameraStatus, FleetView, type FleetWorkerStatus } from '../../../fleet/index.js';
import { isLoopback } from '../access-control.js';
import type { FleetCameraWire, FleetWire, FleetWorkerWire } from '../page-data.js';
import { plainText } from '../watch/index.js';

/** The state of the fleet for one open page. */
export interface FleetLook {
  /** The current state, with the cameras that have changed since the last call. */
  next(): FleetWire;
  end(): void;
}

export class FleetWatch {
  #view: FleetView | undefined;
  #looks = 0;
  #resting: Subscription | undefined;

  /** @param self - the worker of this program */
  constructor(readonly coordinator: Coordinator, readonly self: () => string | undefined) {}

  open(): FleetLook {
    this.#resting?.unsubscribe();
    this.#looks++;
    const view = this.#view ??= new FleetView(this.coordinator);
    let version = 0;
    return {
      next: () => {
        const changes = view.since(version);
        ({ version } = changes);
        return this.#wire(view, changes);
      },
      end: () => {
        this.#looks--;
        // Another page of the same browser opens another stream.
        if (this.#looks === 0) this.#resting = asyncScheduler.schedule(() => { this.stop(); }, DASHBOARD.fleetRestMs);
      },
    };
  }

  /** Configuration of a camera, without secrets: as YAML. */
  async config(id: string): Promise<string | undefined> {
    const config = this.#view?.configOf(id);
    if (config === undefined) return undefined;
    const text = redactValue(config) ?? '';
    try {
      return (await import('yaml')).stringify(JSON.parse(text));
    } catch {
      return text;
    }
  }

  stop(): void {
    this.#resting?.unsubscribe();
    this.#view?.stop();
    this.#view = undefined;
  }

  #wire(view: FleetView, { isWhole, changed, gone }: ReturnType<FleetView['since']>): FleetWire {
    const { name, answers, heardAt, workers } = view.summary();
    const self = this.self();
    return {
      name: plainText(name), ...(self !== undefined && { self }), isKnown: view.isKnown, answers, heardAt, workers: workers.map(workerWire),
      isWhole, cameras: changed.map(cameraWire), gone,
    };
  }
}

function workerWire({ worker, version, labels, dashboard, host, ...facts }: FleetWorkerStatus): FleetWorkerWire {
  const isLocal = dashboard !== undefined && isLoopback(new URL(dashboard).hostname) && host !== hostname();
  return {
    ...facts, id: worker, version: plainText(version), labels: labels.map(plainText),
    ...(host !== undefined && { host: plainText(host) }), ...(isLocal && { isLocal }), ...(dashboard !== undefined && !isLocal && { dashboard }),
  };
}

function cameraWire({ key, dropped, error, ...status }: FleetCameraStatus): FleetCameraWire {
  const droppedTotal = Object.values(dropped).reduce((sum, count) => sum + count, 0);
  return { ...status, id: key, droppedTotal, ...(error !== undefined && { error: plainText(error) }) };
}
