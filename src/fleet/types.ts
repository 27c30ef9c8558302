/** The public types of a fleet: its options, its cameras, and its state. */
import type { Observable } from 'rxjs';
import type { Fence } from '../core/frame/fence.js';

/** How a camera is, as the code that runs it reports it. Rates are per second. */
export interface CameraReport {
  /** `streaming`, `connecting`, `waiting` …, as in the camera's statistics. */
  readonly state?: string;
  readonly fpsIn?: number;
  readonly fpsOut?: number;
  readonly published?: number;
  /** Pictures dropped, by cause. */
  readonly dropped?: Readonly<Record<string, number>>;
  readonly error?: string;
  /** Cores that it takes, measured. */
  readonly cost?: number;
}

/** A camera that this worker is to run. */
export interface FleetCamera {
  readonly key: string;
  readonly slot: number;
  /** To be given to `publish`. */
  readonly fence: Fence;
  /** Emits once when the camera is to end in order: what is captured is still published, then the Observable completes. */
  readonly stop$: Observable<void>;
  /** Reports its state. Members that are not given stay unchanged. */
  report(report: CameraReport): void;
}

/** Runs one camera, until it is unsubscribed from, or until `stop$` emits and its last message is acknowledged. */
export type RunCamera<C> = (config: C, camera: FleetCamera) => Observable<unknown>;

/** One camera of this worker. */
export interface OwnedCamera {
  readonly key: string;
  readonly slot: number;
  /** Undefined before the slot is claimed. */
  readonly epoch: number | undefined;
  /**
   * `waiting`: for the slot's claim, or for its former owner; `running`; `failed`: it is started again later; `ended`: its source has
   * ended; `stopping`: its last messages are being acknowledged; `unplaced`: no worker can bear it, or has its labels.
   */
  readonly state: 'waiting' | 'running' | 'failed' | 'ended' | 'stopping' | 'unplaced';
  readonly error?: string;
}

/** The cameras that this worker owns. */
export interface FleetState {
  readonly worker: string;
  /**
   * `joining`: not yet in the group; `member`; `lapsed`: the coordinator has not answered for too long, nothing is published;
   * `draining`: it gives up what it has.
   */
  readonly status: 'joining' | 'member' | 'lapsed' | 'draining';
  readonly generation: number;
  readonly isLeader: boolean;
  /** The names of all workers. */
  readonly workers: readonly string[];
  readonly cameras: readonly OwnedCamera[];
}
