/** The interface of a camera to its runs. */
import type { Observable } from 'rxjs';
import type { CameraLedger } from '../../ledger/index.js';
import type { LastTimes } from '../../core/frame/last-times.js';
import type { Engine, ProcessOptions } from '../../core/engine/engine.js';
import type { EventBody } from '../../core/events.js';
import type { EncodedFrame, Frame, SourceInfo } from '../../core/frame/frame.js';
import type { LivenessLimits } from './watchdog.js';
import type { Numbering } from '../../core/frame/numbering.js';
import type { Plan } from '../../core/plan/plan.js';

/** Facts about a camera that its runs need. */
export interface CameraFacts {
  readonly key: string;
  /** Address without credentials. */
  readonly address: string;
  /** Kind of source: `rtsp`, `file` and others. That of an HTTP source is known after its first answer. */
  readonly kind: string;
  /** Whether the source continues while rxcam does not read. */
  readonly live: boolean;
  /** Whether a file is played in a loop. */
  readonly loop: boolean;
  readonly liveness: LivenessLimits;
  /** Minimum time between the starts of two processes, in ms. */
  readonly minStartIntervalMs: number;
  readonly engine: Engine;
  readonly process: ProcessOptions;
}

/** The source and the plan of a run. */
export interface RunPlan {
  readonly plan: Plan;
  readonly source: SourceInfo;
  /** Frames per second after the steps, from the source's own rate and `skipRate`; undefined if neither is known. */
  readonly fps: number | undefined;
}

/** The camera that a run belongs to. */
export interface RunHost {
  readonly facts: CameraFacts;
  readonly ledger: CameraLedger;
  /** Increases with each reset of the statistics. */
  readonly epoch: number;
  /** Numbers the camera's messages, over reconnects and resets. */
  readonly numbering: Numbering;
  /** Emits when the user ends the wait before the next attempt. */
  readonly retryNow$: Observable<void>;
  /** Receives each value that leaves a capture. */
  tap(value: Frame | EncodedFrame): void;
  /** The durations of the last picture and message. */
  lastTimes(): LastTimes;
  /** Emits an event of a run, given by its number. */
  emit(run: number, body: EventBody): void;
  /** Claims this run for the next subscription. */
  claim(run: object): void;
  /** Undoes the claim, if no subscription has used it. */
  unclaim(run: object): void;
}
