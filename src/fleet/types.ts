/** The public types of a fleet: its options, its cameras, and its state. */
import type { Observable } from 'rxjs';
import type { Fence } from '../core/frame/fence.js';

/** The state of a camera, reported by the code that runs it. Rates are per second. */
export interface CameraReport {
  /** `streaming`, `connecting`, `waiting` …, as in the camera's statistics. */
  readonly state?: string;
  /** Captured pictures a second. */
  readonly fpsIn?: number;
  /** Published pictures a second. */
  readonly fpsOut?: number;
  /** Rate that the source and `skipRate` state. */
  readonly fpsWanted?: number;
  /** Whether it sends too few pictures for that rate. */
  readonly isSlow?: boolean;
  /** Number of published pictures. */
  readonly published?: number;
  /** Pictures dropped, by cause. */
  readonly dropped?: Readonly<Record<string, number>>;
  /** Time of the failure from which it has not recovered, in ms since 1970; undefined if there is none. */
  readonly downSince?: number | undefined;
  /** The last error. */
  readonly error?: string;
  /** Time of the last error, in ms since 1970. */
  readonly errorAt?: number;
  /** Measured cost, in cores. */
  readonly cost?: number;
}

/** A camera that this worker runs. */
export interface FleetCamera {
  /** Key of the camera. */
  readonly key: string;
  /** Number of its slot. */
  readonly slot: number;
  /** For `publish`: messages are sent only while the camera belongs to this worker. */
  readonly fence: Fence;
  /** Emits once when the camera must stop: complete the Observable after the captured pictures are published. */
  readonly stop$: Observable<void>;
  /** Reports its state. Omitted members keep their values. */
  report(report: CameraReport): void;
}

/** Runs one camera, until it is unsubscribed from, or until `stop$` emits and its last message is acknowledged. */
export type RunCamera<C> = (config: C, camera: FleetCamera) => Observable<unknown>;

/** One camera of this worker. */
export interface OwnedCamera {
  /** Key of the camera. */
  readonly key: string;
  /** Number of its slot. */
  readonly slot: number;
  /** Number of the claim to the slot; undefined before it is claimed. */
  readonly epoch: number | undefined;
  /**
   * `waiting`: for the slot's claim, or for its former owner; `running`; `failed`: it is started again later; `ended`: its source has
   * ended; `stopping`: its last messages are being acknowledged; `unplaced`: no worker has room for it, or has its labels.
   */
  readonly state: 'waiting' | 'running' | 'failed' | 'ended' | 'stopping' | 'unplaced';
  /** The failure, or the reason why it is `unplaced`. */
  readonly error?: string;
}

/** The cameras that this worker owns. */
export interface FleetState {
  /** Name of the fleet. */
  readonly fleet: string;
  /** Name of this worker. */
  readonly worker: string;
  /**
   * `joining`: not yet in the group; `member`; `lapsed`: the coordinator has not answered in time, and nothing is published;
   * `draining`: it releases its cameras.
   */
  readonly status: 'joining' | 'member' | 'lapsed' | 'draining';
  /** Number of the group's last round. */
  readonly generation: number;
  /** Whether this worker is the leader, which makes the plan. */
  readonly isLeader: boolean;
  /** The names of all workers. */
  readonly workers: readonly string[];
  /** The cameras that this worker owns, and those of its slots that it must not run. */
  readonly cameras: readonly OwnedCamera[];
  /** Number of its slots. */
  readonly slots: number;
  /** Number of requested cameras in the whole fleet, as known to this worker. */
  readonly requested: number;
  /** Its capacity, in cores. */
  readonly capacity: number;
  /** Measured cost of its cameras, in cores. */
  readonly load: number;
}
