/** The public types of the state of a whole fleet. */

/**
 * Condition of a camera, the worst first. `unplaced`: no worker has room for it, or has its labels; `unowned`: its worker is gone, or
 * none has reported it; `down`: it has sent no pictures since its last failure; `impaired`: it sends too few pictures, or some are
 * dropped; `starting`: it is moving, or connects; `well`; `ended`: its source has ended.
 */
export const CONDITIONS = ['unplaced', 'unowned', 'down', 'impaired', 'starting', 'well', 'ended'] as const;
export type FleetCondition = (typeof CONDITIONS)[number];

/** A camera of a fleet. Times are wall clock in ms since 1970, rates per second. */
export interface FleetCameraStatus {
  /** Key of the camera. */
  readonly key: string;
  /** Its condition. */
  readonly condition: FleetCondition;
  /** The worker that reported it last. */
  readonly worker?: string;
  /** Time of that report; absent if there is none. */
  readonly heardAt?: number;
  /** Number of its slot; absent if not known. */
  readonly slot?: number;
  /** Number of its worker's claim to the slot. */
  readonly epoch?: number;
  /** As in the camera's statistics; `starting`, `stopping`, `unplaced`, `failed`, `ended`. */
  readonly state?: string;
  /** Captured pictures a second. */
  readonly fpsIn?: number;
  /** Published pictures a second. */
  readonly fpsOut?: number;
  /** Rate that the source and `skipRate` state. */
  readonly fpsWanted?: number;
  /** Number of published pictures. */
  readonly published?: number;
  /** Pictures dropped on its worker, by cause. */
  readonly dropped: Readonly<Record<string, number>>;
  /** Pictures dropped in the last few seconds, by cause. */
  readonly dropping: Readonly<Record<string, number>>;
  /** Time of the failure from which it has not recovered. */
  readonly downSince?: number;
  /** The last error. */
  readonly error?: string;
  /** Time of the last error. */
  readonly errorAt?: number;
  /** Measured cost, in cores. */
  readonly cost?: number;
}

/** A worker of a fleet. Times are wall clock in ms since 1970. */
export interface FleetWorkerStatus {
  /** Name of the worker. */
  readonly worker: string;
  /** As the worker reports itself; `gone`: it has not reported for too long. A drained worker is not listed. */
  readonly status: 'joining' | 'member' | 'lapsed' | 'draining' | 'gone';
  /** Whether it is the leader, which makes the plan. */
  readonly isLeader: boolean;
  /** Time of its last report. */
  readonly heardAt: number;
  /** Version of its program. */
  readonly version: string;
  /** Its capacity, in cores. */
  readonly capacity: number;
  /** Measured cost of its cameras, in cores. */
  readonly load: number;
  /** Cameras of its slots. */
  readonly cameras: number;
  /** Its labels. */
  readonly labels: readonly string[];
  /** Address of its dashboard, without its token. */
  readonly dashboard?: string;
  /** Name of its machine. */
  readonly host?: string;
}

/** The state of a fleet. Times are wall clock in ms since 1970. */
export interface FleetStatus {
  /** Name of the fleet. */
  readonly name: string;
  /** Time of this state. */
  readonly at: number;
  /** Whether the coordinator answers; if not, this is the state at `heardAt`. */
  readonly answers: boolean;
  /** Time of the last row from the fleet. */
  readonly heardAt: number;
  /** Whether all workers that count as gone are gone: at first, a worker with a wrong clock may count as gone until its next report. */
  readonly isCertain: boolean;
  /** The workers, those in trouble first. */
  readonly workers: readonly FleetWorkerStatus[];
  /** The cameras, by condition, the worst first, then by key. */
  readonly cameras: readonly FleetCameraStatus[];
  /** Number of cameras by condition. */
  readonly counts: Readonly<Record<FleetCondition, number>>;
}

/** Cameras that have changed since a version. */
export interface CameraChanges {
  /** Version of this state. */
  readonly version: number;
  /** Whether `changed` lists all cameras; all others were removed. */
  readonly isWhole: boolean;
  readonly changed: readonly FleetCameraStatus[];
  readonly gone: readonly string[];
}
