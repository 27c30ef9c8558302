/** One camera that this worker runs: starts it, restarts it after a failure, and stops it when its last message is acknowledged. */
import { Observable, Subject, Subscription, asyncScheduler, defer, merge, take, tap, timer } from 'rxjs';
import { FLEET } from '../../core/defaults/fleet.js';
import { redact } from '../../core/redact/redact.js';
import type { Fence } from '../../core/frame/fence.js';
import type { CameraReport, FleetCamera, RunCamera } from '../types.js';

/** State of a camera on its worker. */
export type CameraRunState = 'running' | 'failed' | 'ended' | 'stopping';

export class CameraRun<C> {
  state: CameraRunState = 'running';
  report: CameraReport = {};
  error: string | undefined;
  /** It did not end within the time limit of the stop: its messages are abandoned. */
  isLate = false;
  readonly #stop = new Subject<void>();
  readonly #ended = new Subject<void>();
  readonly #runs = new Subscription();

  /** @param changed - called when its state has changed */
  constructor(
    readonly key: string, readonly config: C, readonly where: { readonly slot: number; readonly fence: Fence }, readonly run: RunCamera<C>,
    readonly changed: () => void,
  ) {
    this.#start();
  }

  /** Stops it, and completes when it has ended or the time limit has passed; nothing of it runs afterwards. */
  stop(): Observable<never> {
    return new Observable((subscriber) => {
      const isOver = this.state === 'failed' || this.state === 'ended';
      const done = () => {
        this.end();
        subscriber.complete();
      };
      if (isOver) {
        done();
        return;
      }
      this.state = 'stopping';
      subscriber.add(merge(this.#ended, timer(FLEET.releaseMs).pipe(tap(() => { this.isLate = true; }))).pipe(take(1)).subscribe(done));
      this.#stop.next();
      this.#stop.complete();
    });
  }

  /** Ends it at once: messages that are not sent are lost. */
  end(): void {
    this.#runs.unsubscribe();
  }

  #start(): void {
    const { key, where: { slot, fence } } = this;
    const camera: FleetCamera = {
      key, slot, fence, stop$: this.#stop.asObservable(),
      report: (report) => {
        const { state, error } = this.report;
        this.report = { ...this.report, ...report };
        // Rates and counts are sent with the next periodic report.
        if (state !== this.report.state || error !== this.report.error) this.changed();
      },
    };
    this.state = 'running';
    // A failure during composition ends only this camera.
    this.#runs.add(defer(() => this.run(this.config, camera)).subscribe({
      error: (error: unknown) => { this.#failed(error); },
      complete: () => { this.#over('ended'); },
    }));
  }

  #failed(error: unknown): void {
    this.error = redact(error instanceof Error ? error.message : String(error));
    this.#runs.add(asyncScheduler.schedule(() => { if (this.state === 'failed') this.#start(); }, FLEET.restartMs));
    this.#over('failed');
  }

  #over(state: 'ended' | 'failed'): void {
    if (this.state !== 'stopping') this.state = state;
    this.#ended.next();
    this.changed();
  }
}
