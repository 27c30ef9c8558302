/** The state of a camera that outlives its subscriptions: events, ledger, runs, the order of its messages. */
import { type Observable, Subject } from 'rxjs';
import { CameraLedger, type CameraStats, statsOf } from '../ledger/index.js';
import { mono, wall } from '../core/clock.js';
import type { LastTimes } from '../core/frame/last-times.js';
import type { CameraEvent, EventBody } from '../core/events.js';
import type { EncodedFrame, Frame } from '../core/frame/frame.js';
import { Numbering } from '../core/frame/numbering.js';
import { type CameraFacts, type RunHost, type RunPlan, Run } from './run/index.js';
import { Stillness } from './stillness.js';

export class CameraHub implements RunHost {
  readonly #retryNow = new Subject<void>();
  readonly #values = new Subject<Frame | EncodedFrame>();
  readonly #stillness = new Stillness();
  readonly #runs: Run[] = [];
  /** Runs of retries that are about to subscribe again, oldest first. */
  readonly #claimed = new Set<Run>();
  #epoch = 0;

  /** Numbers the camera's messages; the numbers continue over reconnects and resets. */
  readonly numbering = new Numbering();
  readonly ledger: CameraLedger;
  readonly retryNow$: Observable<void> = this.#retryNow.asObservable();
  /** Emits the values of all runs to observers, such as the dashboard. */
  readonly values$: Observable<Frame | EncodedFrame> = this.#values.asObservable();

  constructor(readonly facts: CameraFacts) {
    this.ledger = new CameraLedger(facts.key);
  }

  get events$(): Observable<CameraEvent> { return this.ledger.events$; }
  get stats$(): Observable<CameraStats> { return this.ledger.stats$; }

  get epoch(): number {
    return this.#epoch;
  }

  get stats(): CameraStats {
    return statsOf(this.ledger.tally.snapshot());
  }

  /** Whether there is a subscription, including one that waits to reconnect. */
  get isRunning(): boolean {
    return this.#runs.some((run) => run.live);
  }

  /** The source and the plan of the newest live run, or else of the newest run. */
  get runPlan(): RunPlan | undefined {
    return (this.#runs.findLast((run) => run.live) ?? this.#runs.at(-1))?.runPlan;
  }

  /** Wall clock of the last picture, in ms since 1970. */
  get lastFrameAt(): number | undefined {
    const last = Math.max(0, ...this.#runs.map((run) => run.flow.lastFrameMono));
    return last === 0 ? undefined : wall() - (mono() - last);
  }

  /** Current downtime in ms, since the first failure; 0 while the camera is up. */
  get downMs(): number {
    return Math.max(0, ...this.#runs.map((run) => (run.live ? run.flow.downMs : 0)));
  }

  /** Time since the picture last changed, in ms; 0 while it changes, and if that is not known. */
  get stillMs(): number {
    return this.facts.live ? this.#stillness.stillMs : 0;
  }

  /** Receives each value that leaves a capture, and passes it to the observers of `values$`. */
  tap(value: Frame | EncodedFrame): void {
    this.#stillness.observe(value);
    if (this.#values.observed) this.#values.next(value);
  }

  lastTimes(): LastTimes {
    const { read, write, process } = this.ledger.tally;
    return { readMs: read.lastMs, writeMs: write.lastMs, processMs: process.lastMs };
  }

  emit(run: number, body: EventBody): void {
    this.ledger.emit(run, body);
  }

  /** The run for a new subscription: the one claimed for it, otherwise an idle one, otherwise a new one. */
  openRun(): Run {
    const run = [...this.#claimed].at(-1) ?? this.#runs.findLast((one) => one.isIdle) ?? this.#newRun();
    this.#claimed.delete(run);
    return run;
  }

  claim(run: Run): void {
    this.#claimed.add(run);
  }

  unclaim(run: Run): void {
    this.#claimed.delete(run);
  }

  resetStats(): void {
    this.#epoch += 1;
    this.emit(this.#runs.length, { type: 'reset' });
  }

  retryNow(): void {
    this.#retryNow.next();
  }

  #newRun(): Run {
    const run = new Run(this.#runs.length + 1, this);
    this.#runs.push(run);
    return run;
  }
}
