/** The state of the fleet: merges the changes that the server sends. */
import { CONDITIONS, type Condition, type FleetCameraWire, type FleetWire, type FleetWorkerWire } from '../page-data.js';

const COLLATOR = new Intl.Collator('en', { numeric: true });

export class FleetStore {
  readonly cameras = new Map<string, FleetCameraWire>();
  /** The state without the cameras; undefined if there is no fleet. */
  facts: Omit<FleetWire, 'cameras' | 'gone' | 'isWhole'> | undefined;
  /** Sorted names; undefined when they have changed. */
  #names: readonly string[] | undefined;

  get isKnown(): boolean { return this.facts?.isKnown === true; }

  take(wire: FleetWire | undefined): void {
    if (wire === undefined) {
      this.facts = undefined;
      return;
    }
    const { cameras, gone, isWhole, ...facts } = wire;
    this.facts = facts;
    if (isWhole) this.cameras.clear();
    for (const id of gone) this.cameras.delete(id);
    for (const camera of cameras) {
      if (!this.cameras.has(camera.id)) this.#names = undefined;
      this.cameras.set(camera.id, camera);
    }
    if (isWhole || gone.length > 0) this.#names = undefined;
  }

  worker(id: string | undefined): FleetWorkerWire | undefined {
    return this.facts?.workers.find((one) => one.id === id);
  }

  /** The dashboard of another worker that runs a camera; undefined if this browser can open none. */
  liveAt({ condition, worker }: FleetCameraWire): string | undefined {
    return condition === 'unplaced' || condition === 'unowned' || worker === this.facts?.self ? undefined : this.worker(worker)?.dashboard;
  }

  /** Those in trouble first, then by name. The names are sorted again only when they have changed. */
  sorted(): FleetCameraWire[] {
    this.#names ??= [...this.cameras.keys()].sort((a, b) => COLLATOR.compare(a, b));
    const groups = new Map(CONDITIONS.map((condition) => [condition, [] as FleetCameraWire[]]));
    for (const name of this.#names) {
      const camera = this.cameras.get(name);
      if (camera !== undefined) groups.get(camera.condition)?.push(camera);
    }
    return [...groups.values()].flat();
  }

  count(condition: Condition): number {
    let count = 0;
    for (const camera of this.cameras.values()) if (camera.condition === condition) count++;
    return count;
  }
}
