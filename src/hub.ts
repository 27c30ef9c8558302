/** What belongs to a camera and outlives its subscriptions: events, ledger, runs, the order of its messages. */
import { BehaviorSubject, type Observable, ReplaySubject, Subject, share } from 'rxjs';
import type { LastTimes } from './core/last-times.js';
import type { CameraEvent, EventBody } from './events.js';
import type { EncodedFrame, Frame } from './frame.js';
import { EMPTY_LEDGER, type Ledger, fold } from './ledger.js';
import { Numbering } from './numbering.js';
import { wall } from './clock.js';
import { STATS } from './defaults.js';
import { type CameraStats, sampled, statsOf } from './stats.js';
import { Run } from './run.js';
import type { CameraFacts, RunHost } from './run-host.js';

export class CameraHub implements RunHost {
  readonly #events = new Subject<CameraEvent>();
  readonly #ledger = new BehaviorSubject<Ledger>(EMPTY_LEDGER);
  readonly #retryNow = new Subject<void>();
  readonly #values = new Subject<Frame | EncodedFrame>();
  readonly #runs: Run[] = [];
  #claimed: Run | undefined;
  #epoch = 0;

  /** Of its messages, over reconnects and resets. */
  readonly numbering = new Numbering();
  readonly events$: Observable<CameraEvent> = this.#events.asObservable();
  readonly retryNow$: Observable<void> = this.#retryNow.asObservable();
  /** What leaves the captures of all runs, for looking at: it belongs to those who subscribed to them. */
  readonly values$: Observable<Frame | EncodedFrame> = this.#values.asObservable();
  readonly stats$: Observable<CameraStats> = sampled(this.#ledger, STATS.every, () => this.#ledger.value).pipe(
    share({ connector: () => new ReplaySubject(1) }),
  );

  constructor(readonly facts: CameraFacts) {}

  get epoch(): number {
    return this.#epoch;
  }

  get stats(): CameraStats {
    return statsOf(this.ledger);
  }

  get ledger(): Ledger {
    return this.#ledger.value;
  }

  /** Whether somebody is subscribed, be it to a camera that waits to reconnect. */
  get isRunning(): boolean {
    return this.#runs.some((run) => run.live);
  }

  /** A value leaves a capture. */
  tell(value: Frame | EncodedFrame): void {
    if (this.#values.observed) this.#values.next(value);
  }

  lastTimes(): LastTimes {
    const { read, write, process } = this.#ledger.value.times;
    return { readMs: read.lastMs, writeMs: write.lastMs, processMs: process.lastMs };
  }

  emit(run: number, body: EventBody): void {
    const event: CameraEvent = { camera: this.facts.key, run, at: wall(), ...body };
    this.#ledger.next(fold(this.#ledger.value, event));
    this.#events.next(event);
  }

  /** The run that a new subscription goes on with: the one claimed for it, else one that nobody uses, else a new one. */
  openRun(): Run {
    const run = this.#claimed ?? this.#runs.findLast((one) => one.isFree) ?? this.#newRun();
    this.#claimed = undefined;
    return run;
  }

  /** The next subscription, which follows at once, belongs to this run. */
  claim(run: Run): void {
    this.#claimed = run;
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
