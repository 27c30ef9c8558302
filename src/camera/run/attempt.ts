/** One attempt to capture: turns engine events into events, records and values. */
import { type Subscriber, Subscription } from 'rxjs';
import { FrameTracker } from '../../ledger/index.js';
import type { Pending } from './resume-position.js';
import { wall } from '../../core/clock.js';
import type { EngineEvent, EngineOutput, ResumePoint } from '../../core/engine/engine.js';
import { CaptureCrashed, failureOf } from '../../core/errors/errors.js';
import type { DropCause } from '../../core/events.js';
import type { EncodedFrame, Frame, SourceInfo } from '../../core/frame/frame.js';
import { ReorderBuffer, type Kept, FrameEmitter, causeAtEnd, countLosses } from '../output/index.js';
import { type WrittenFilters, writtenFilters } from '../../core/plan/written-filters.js';
import { type Plan, changeRule, skipRules } from '../../core/plan/plan.js';
import { linkRun } from './run-link.js';
import type { Run } from './run.js';
import { SkipChain, rateAfter } from '../../core/pictures/skip.js';
import { observeEngine } from './observe-engine.js';

/** One attempt, or one pass of a file that loops. Its errors carry the run, so that `retry` knows its state. */
export class Attempt {
  readonly #chain: SkipChain;
  readonly #written: WrittenFilters | undefined;
  readonly #pending: ReorderBuffer<Pending>;
  readonly #emitter: FrameEmitter;
  #source: SourceInfo;
  #fps: number | undefined;
  /** The point after the last picture. */
  #point: ResumePoint | undefined;
  readonly #opening: number;
  #over = false;

  constructor(
    readonly run: Run, readonly plan: Plan, readonly subscriber: Subscriber<Frame | EncodedFrame>,
    readonly number: number,
  ) {
    this.#opening = run.opening;
    this.#point = run.position.point;
    this.#written = writtenFilters(plan);
    const lose = countLosses(this.#written);
    this.#pending = new ReorderBuffer(lose && (({ record }) => { lose(new FrameTracker([record])); }));
    this.#chain = new SkipChain(skipRules(plan), this.#point?.skip);
    this.#emitter = new FrameEmitter(subscriber, plan, this.#point !== undefined, (value) => { run.hub.tap(value); });
    if (this.#point !== undefined) this.#emitter.keyframeAt = run.position.keyframeAt;
    this.#source = { kind: run.hub.facts.kind, address: run.hub.facts.address };
    this.#sourceIs(this.#source);
  }

  start(): () => void {
    const work = new Subscription();
    const fail = (error: unknown) => { this.#fail(error); };
    work.add(this.run.ready().subscribe({ error: fail, complete: () => { work.add(this.#observe(fail)); } }));
    return () => { this.#stop(work); };
  }

  #observe(error: (error: unknown) => void): Subscription {
    const { run, plan } = this;
    return observeEngine(run, (context) => run.engine(plan, context), this.#point, {
      next: (event, now) => { this.#handle(event, now); }, error, complete: () => { this.#finish(); },
    });
  }

  #handle(event: EngineEvent, now: number): void {
    switch (event.type) {
      case 'captured': this.#captured(event.pts, now); break;
      case 'output': this.#output(event); break;
      case 'unchanged': this.#unchanged(event.pts, event.similarity); break;
      case 'opened':
        this.#sourceIs({ ...this.#source, ...event.source });
        this.run.emit({ type: 'opened', attempt: this.number, source: this.#source });
        break;
      case 'changed': {
        const { type: _, ...size } = event;
        this.#sourceIs({ ...this.#source, ...size });
        this.run.emit(event);
        break;
      }
      case 'encoder':
        this.#emitter.encoder = event.encoder;
        this.run.emit(event);
        break;
      case 'ffmpeg':
      case 'warning': this.run.emit(event); break;
      default:
    }
  }

  #captured(pts: number, now: number): void {
    const { isCopy } = this.#emitter;
    // Copied access units arrive in decoding order, so media time does not show them; the engine leaves out those already sent.
    if (!isCopy && this.run.position.isSettled(pts)) return;
    const before = this.#point;
    const kept = this.#chain.keep(pts);
    // A live source is never resumed.
    if (!this.#isLive) this.#point = { afterPts: pts, skip: this.#chain.states };
    if (!isCopy && this.run.position.isRepeat(pts)) {
      const lost = kept ? this.run.position.takeUp(changeRule(this.plan) && pts) : undefined;
      if (lost !== undefined) this.#pending.add(pts, { ...lost, pts, before });
      return;
    }
    if (this.#point !== undefined) this.run.position.reach(this.#point);
    const record = this.run.captured(pts, 'encoder', now);
    if (kept) this.#pending.add(pts, { record, pts, capturedAt: wall(), before });
    else new FrameTracker([record]).skip('rate');
  }

  /** Sets the source that frames state, and their rate after the steps. */
  #sourceIs(source: SourceInfo): void {
    this.#source = source;
    this.#fps = rateAfter(this.#chain.rules, source.fps);
    this.run.reading = { plan: this.plan, source, fps: this.#fps };
  }

  get #isLive(): boolean {
    return this.run.hub.facts.live;
  }

  #output(output: EngineOutput): void {
    const pending = this.#pending.takeOutput(output.pts);
    if (pending !== undefined) this.#emitter.push(this.#kept(pending), output);
    // A picture that is read again may be kept although it was found unchanged before, and its record is closed.
    else if (changeRule(this.plan) === undefined || !this.run.position.isRepeat(output.pts)) {
      throw this.#written?.strayPicture(`a picture at ${output.pts} µs`) ?? new CaptureCrashed(`an access unit at ${output.pts} µs belongs to no picture that was kept`);
    }
    this.#passUnchanged();
  }

  /** Handles an unchanged picture: it is skipped, or with references it leaves after those before it. */
  #unchanged(pts: number, similarity: number | undefined): void {
    if (similarity === undefined) {
      const pending = this.#pending.take(pts);
      if (pending !== undefined) new FrameTracker([pending.record]).skip('unchanged');
      return;
    }
    this.#pending.mark(pts, similarity);
    this.#passUnchanged();
  }

  #passUnchanged(): void {
    this.#pending.passUnchanged((pending, similarity) => { this.#emitter.unchanged(this.#kept(pending), similarity); });
  }

  #kept({ record, pts, capturedAt }: Pending): Kept {
    const { id, camera, shiftUs } = this.run;
    const records = [record];
    const origin = { camera, run: id, seq: record.seq, pts: pts + shiftUs, capturedAt, source: this.#source, fps: this.#fps };
    return { tracker: new FrameTracker(records), records, origin };
  }

  #fail(cause: unknown): void {
    if (!this.#flushed()) return;
    this.#leave();
    const error = failureOf(cause, 'the capture', { camera: this.run.camera, attempt: this.number });
    linkRun(error, this.run, this.#opening);
    this.run.failed({ type: 'failed', attempt: this.number, error });
    this.subscriber.error(error);
  }

  #finish(): void {
    if (!this.#flushed()) return;
    this.#drop(causeAtEnd(this.#written));
    if (this.run.hub.facts.loop) this.run.rewind();
    else this.run.emit({ type: 'stopped', reason: 'completed' });
    this.subscriber.complete();
  }

  /** Emits the chunk in progress. Returns false if the subscriber unsubscribes on it: the attempt is stopped and reports nothing more. */
  #flushed(): boolean {
    this.#emitter.flush();
    if (this.subscriber.closed) return false;
    this.#over = true;
    return true;
  }

  #stop(subscription: Subscription): void {
    subscription.unsubscribe();
    if (this.#over) return;
    this.#over = true;
    if (this.run.isInterrupted) {
      this.#emitter.drop('capture-lost');
      this.#leave();
      return;
    }
    this.#emitter.drop('stopped');
    this.#drop('stopped');
    this.run.emit({ type: 'stopped', reason: 'unsubscribed' });
  }

  /** The next attempt of a file reads pending pictures again; a live source has moved on. */
  #leave(): void {
    this.run.position.keyframeAt = this.#emitter.keyframeAt;
    if (this.#isLive) this.#drop('capture-lost');
    else this.run.position.leave(this.#point, this.#pending.items);
  }

  #drop(cause: DropCause): void {
    for (const { record } of this.#pending.items) new FrameTracker([record]).drop(cause);
    this.#pending.clear();
    this.run.position.clear(cause);
  }
}
