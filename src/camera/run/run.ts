/** One live subscription to a camera, over all its attempts: frame numbers, holds on processes, pressure. */
import { BehaviorSubject, type Observable, concat, defer, distinctUntilChanged, filter, ignoreElements, map, take, timer } from 'rxjs';
import { type FrameRecord, type RecordOwner, CountedFrameEvents, type FrameEvents, type Pressure, type Reservation } from '../../ledger/index.js';
import { Flow } from './flow.js';
import { LoopClock } from './loop-clock.js';
import { ResumePosition } from './resume-position.js';
import { mono } from '../../core/clock.js';
import type { LastTimes } from '../../core/frame/last-times.js';
import type { Engine, ProcessOptions } from '../../core/engine/engine.js';
import type { EventBody, Place } from '../../core/events.js';
import type { Numbering } from '../../core/frame/numbering.js';
import type { RunHost, RunPlan } from './run-host.js';
import { type RetriedRun, linkRun } from './run-link.js';

/** An `idle` run is kept for the next subscription; a `waiting` or `claimed` one belongs to a retry. */
type RunState = 'idle' | 'live' | 'waiting' | 'claimed';

/** Its frames have the numbers of one sequence, which continues after a reconnect. */
export class Run implements RecordOwner, RetriedRun {
  readonly pressure: Pressure;
  readonly frames: FrameEvents;
  /** Number of attempts so far. */
  attempts = 0;
  /** `seq` of the last picture; 0 before the first. */
  seq = 0;
  readonly flow = new Flow();
  /** The source and the plan of the current or the last attempt. */
  runPlan: RunPlan | undefined;
  /** Whether the failure of a later step is just ending an attempt. */
  isInterrupted = false;
  /** The position at which a file resumes. */
  readonly position = new ResumePosition();
  #state: RunState = 'idle';
  #openings = 0;
  #reservations = 0;
  #lastStartAt = -Infinity;
  readonly #loopClock = new LoopClock();
  readonly #processes = new BehaviorSubject(0);
  readonly #blockers = new BehaviorSubject<ReadonlySet<object>>(new Set());

  constructor(readonly id: number, readonly hub: RunHost) {
    this.frames = new CountedFrameEvents(hub.ledger, id);
    this.pressure = {
      get waits() { return !hub.facts.live; },
      block: (holder) => { this.#setBlocker(holder, true); },
      unblock: (holder) => { this.#setBlocker(holder, false); },
    };
  }

  get camera(): string { return this.hub.facts.key; }
  get engine(): Engine { return this.hub.facts.engine; }
  get process(): ProcessOptions { return this.hub.facts.process; }
  get epoch(): number { return this.hub.epoch; }
  /** Added to the engine's media time; µs. */
  get shiftUs(): number { return this.#loopClock.shiftUs; }
  /** Whether there is a subscription, including one that waits to reconnect. */
  get live(): boolean { return this.#state !== 'idle'; }
  /** Whether another subscription may continue it. */
  get isIdle(): boolean { return this.#state === 'idle' && this.#reservations === 0; }

  /** Whether reading must pause, because a step holds too much. Emits on subscription. */
  readonly paused$: Observable<boolean> = defer(() => this.#blockers.pipe(map((set) => set.size > 0), distinctUntilChanged()));

  get numbering(): Numbering { return this.hub.numbering; }
  get retryNow$(): Observable<void> { return this.hub.retryNow$; }

  lastTimes(): LastTimes {
    return this.hub.lastTimes();
  }

  emit(body: EventBody): void {
    this.hub.emit(this.id, body);
  }

  /** Opens the run for one subscription; the returned function closes it, unless a later one has opened it since. */
  open(): () => void {
    this.#state = 'live';
    const opening = ++this.#openings;
    return () => {
      if (this.#state !== 'live' || this.#openings !== opening) return;
      this.#state = 'idle';
      this.position.abandonLost('capture-lost');
    };
  }

  reserve(): Reservation {
    const opening = this.#openings;
    let isHeld = true;
    this.#reservations++;
    return {
      hold: () => this.hold(),
      fail: (error, end) => {
        linkRun(error, this, opening);
        this.isInterrupted = true;
        end();
        this.isInterrupted = false;
        this.failed({ type: 'failed', attempt: this.attempts, error });
      },
      release: () => {
        if (isHeld) this.#reservations--;
        isHeld = false;
      },
    };
  }

  get opening(): number { return this.#openings; }

  startWaiting(): void {
    this.#state = 'waiting';
  }

  claim(): () => void {
    this.#state = 'claimed';
    this.hub.claim(this);
    return () => {
      this.hub.unclaim(this);
      if (this.#state === 'claimed') this.abandon();
    };
  }

  abandon(): void {
    this.#state = 'idle';
    this.position.clear('stopped');
    this.emit({ type: 'stopped', reason: 'unsubscribed' });
  }

  /** Completes when no process of an earlier attempt is left, and the minimum time between two starts has passed. */
  ready(): Observable<never> {
    const processesEnded$ = this.#processes.pipe(filter((left) => left === 0), take(1));
    const minInterval$ = defer(() => timer(Math.max(0, this.#lastStartAt + this.hub.facts.minStartIntervalMs - mono())));
    const start$ = defer(() => { this.#lastStartAt = mono(); return []; });
    const isFirst = this.#lastStartAt === -Infinity && this.#processes.value === 0;
    return (isFirst ? start$ : concat(processesEnded$, minInterval$, start$)).pipe(ignoreElements());
  }

  /** Called when a process starts; the returned function is called at its end. The next attempt waits for that. */
  hold(): () => void {
    this.#processes.next(this.#processes.value + 1);
    let isHeld = true;
    return () => {
      if (isHeld) this.#processes.next(this.#processes.value - 1);
      isHeld = false;
    };
  }

  /** Called when a file begins again: media time continues. The next process may start at once, unless this one had no picture. */
  rewind(): void {
    if (this.#loopClock.rewind()) this.#lastStartAt = -Infinity;
  }

  /** Returns the attempt's number, counted from 1. */
  startAttempt(): number {
    this.flow.start();
    return ++this.attempts;
  }

  /** Opens the record of a picture that was decoded at `now`, monotonic time in ms. @param pts - the engine's media time, µs */
  captured(pts: number, place: Place, now: number): FrameRecord {
    this.#loopClock.addPicture(pts);
    const readMs = this.flow.captured(now);
    const record: FrameRecord = { owner: this, seq: ++this.seq, capturedMono: now, place, epoch: this.epoch };
    this.frames.captured(record.seq, pts + this.#loopClock.shiftUs, place, readMs);
    return record;
  }

  /** Called for a read window without a frame, or a rejected access unit. */
  readFailed(inRow: number, reason: string): void {
    this.flow.break();
    this.emit({ type: 'readFailure', inRow, reason });
  }

  failed(body: Extract<EventBody, { type: 'failed' }>): void {
    this.flow.fail();
    this.emit(body);
  }

  /** Emits the end of a downtime, at the first picture after it. */
  recover(now: number): void {
    const downtimeMs = this.flow.recover(now);
    if (downtimeMs !== undefined) this.emit({ type: 'recovered', attempt: this.attempts, downtimeMs });
  }

  #setBlocker(holder: object, blocks: boolean): void {
    if (this.#blockers.value.has(holder) === blocks) return;
    const next = new Set(this.#blockers.value);
    if (blocks) next.add(holder);
    else next.delete(holder);
    this.#blockers.next(next);
  }
}
