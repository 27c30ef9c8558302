/** The state of a whole fleet, for people and programs that look at it from outside. */

/**
 * How a camera is, the worst first. `unplaced`: no worker can bear it, or has its labels; `unowned`: its worker is gone, or none has
 * reported it; `down`: it gives no pictures since its last failure; `impaired`: it gives too few pictures, or some are dropped;
 * `starting`: it is taken over, or connects; `well`; `ended`: its source has ended.
 */
export const CONDITIONS = ['unplaced', 'unowned', 'down', 'impaired', 'starting', 'well', 'ended'] as const;
export type FleetCondition = (typeof CONDITIONS)[number];

/** A camera of a fleet. Times are wall clock in ms since 1970, rates per second. */
export interface FleetCameraStatus {
  readonly key: string;
  readonly condition: FleetCondition;
  /** The worker that has reported it last. */
  readonly worker?: string;
  /** When that was; absent if none has. */
  readonly heardAt?: number;
  readonly slot?: number;
  readonly epoch?: number;
  /** As in the camera's statistics; `starting`, `stopping`, `unplaced`, `failed`, `ended`. */
  readonly state?: string;
  readonly fpsIn?: number;
  readonly fpsOut?: number;
  /** Rate that the source and `skipRate` state. */
  readonly fpsWanted?: number;
  readonly published?: number;
  /** Pictures dropped since its worker has it, by cause. */
  readonly dropped: Readonly<Record<string, number>>;
  /** Of these, those of the last seconds. */
  readonly dropping: Readonly<Record<string, number>>;
  /** Time of the failure from which it has not recovered. */
  readonly downSince?: number;
  /** The last error, and its time. */
  readonly error?: string;
  readonly errorAt?: number;
  /** Cores that it takes. */
  readonly cost?: number;
}

/** A worker of a fleet. */
export interface FleetWorkerStatus {
  readonly worker: string;
  /** As the worker reports itself; `gone`: it has not been heard of for too long. One that has drained is not listed. */
  readonly status: 'joining' | 'member' | 'lapsed' | 'draining' | 'gone';
  readonly isLeader: boolean;
  /** When it was heard of last. */
  readonly heardAt: number;
  readonly version: string;
  /** In cores: the most that its cameras may take, and what they take. */
  readonly capacity: number;
  readonly load: number;
  /** Cameras of its slots. */
  readonly cameras: number;
  readonly labels: readonly string[];
  /** Address of its dashboard, without its token. */
  readonly dashboard?: string;
  /** Name of its machine. */
  readonly host?: string;
}

/** A fleet. */
export interface FleetStatus {
  readonly name: string;
  readonly at: number;
  /** Whether the coordinator answers: if it does not, all of this is as it was at `heardAt`. */
  readonly answers: boolean;
  /** When anything was heard of the fleet last. */
  readonly heardAt: number;
  /** Whether all that looks dead is dead: at first a worker's clock may be wrong, until it is heard of again. */
  readonly isCertain: boolean;
  /** Those in trouble first. */
  readonly workers: readonly FleetWorkerStatus[];
  /** The worst first, then by key. */
  readonly cameras: readonly FleetCameraStatus[];
  /** Number of cameras by condition. */
  readonly counts: Readonly<Record<FleetCondition, number>>;
}

/** Cameras that have changed since a look. */
export interface CameraChanges {
  /** Of this look. */
  readonly version: number;
  /** Whether these are all cameras: others are gone. */
  readonly isWhole: boolean;
  readonly changed: readonly FleetCameraStatus[];
  readonly gone: readonly string[];
}
