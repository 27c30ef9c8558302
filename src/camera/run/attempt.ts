/** One attempt to capture: turns engine events into events, records and values. */
import { type Subscriber, Subscription } from 'rxjs';
import { FrameTracker } from '../../ledger/index.js';
import type { PendingPicture } from './resume-position.js';
import { wall } from '../../core/clock.js';
import type { EngineEvent, EngineOutput, ResumePoint } from '../../core/engine/engine.js';
import { CaptureCrashed, failureOf } from '../../core/errors/errors.js';
import type { DropCause } from '../../core/events.js';
import type { EncodedFrame, Frame, SourceInfo } from '../../core/frame/frame.js';
import { ReorderBuffer, type KeptPicture, FrameEmitter, causeAtEnd, lossCounter } from '../output/index.js';
import { type WrittenFilters, writtenFilters } from '../../core/plan/written-filters.js';
import { type Plan, changeRule, skipRules } from '../../core/plan/plan.js';
import { linkRun } from './run-link.js';
import type { Run } from './run.js';
import { SkipChain, rateAfter } from '../../core/pictures/skip.js';
import { observeEngine } from './observe-engine.js';

/** One attempt, or one pass of a file that loops. Its errors are linked to the run, so that `retry` continues that run. */
export class Attempt {
  readonly #skipChain: SkipChain;
  readonly #written: WrittenFilters | undefined;
  readonly #pending: ReorderBuffer<PendingPicture>;
  readonly #emitter: FrameEmitter;
  #source: SourceInfo;
  #fps: number | undefined;
  /** The position of a file after the last decoded picture; undefined at its start, and for a live source. */
  #resumePoint: ResumePoint | undefined;
  readonly #opening: number;
  #isOver = false;

  constructor(readonly run: Run, readonly plan: Plan, readonly subscriber: Subscriber<Frame | EncodedFrame>, readonly number: number) {
    this.#opening = run.opening;
    this.#resumePoint = run.position.point;
    this.#written = writtenFilters(plan);
    const lose = lossCounter(this.#written);
    this.#pending = new ReorderBuffer(lose && (({ record }) => { lose(new FrameTracker([record])); }));
    this.#skipChain = new SkipChain(skipRules(plan), this.#resumePoint?.skip);
    this.#emitter = new FrameEmitter(subscriber, plan, this.#resumePoint !== undefined, (value) => { run.hub.tap(value); });
    if (this.#resumePoint !== undefined) this.#emitter.keyframeAt = run.position.keyframeAt;
    this.#source = { kind: run.hub.facts.kind, address: run.hub.facts.address };
    this.#setSource(this.#source);
  }

  start(): void {
    const work = new Subscription();
    // Before the engine is subscribed to: it may emit at once, and the subscriber may unsubscribe on its first value.
    this.subscriber.add(() => { this.#stop(work); });
    const fail = (error: unknown) => { this.#fail(error); };
    work.add(this.run.ready().subscribe({ error: fail, complete: () => { this.#observe(work, fail); } }));
  }

  #observe(work: Subscription, error: (error: unknown) => void): void {
    if (work.closed) return;
    observeEngine(work, this.run, (context) => this.run.engine(this.plan, context), this.#resumePoint, {
      next: (event, now) => { this.#handle(event, now); }, error, complete: () => { this.#finish(); },
    });
  }

  #handle(event: EngineEvent, now: number): void {
    switch (event.type) {
      case 'captured': this.#captured(event.pts, now); break;
      case 'output': this.#output(event); break;
      case 'unchanged': this.#unchanged(event.pts, event.similarity); break;
      case 'opened':
        this.#setSource({ ...this.#source, ...event.source });
        this.run.emit({ type: 'opened', attempt: this.number, source: this.#source });
        break;
      case 'changed': {
        const { type: _, ...size } = event;
        this.#setSource({ ...this.#source, ...size });
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
    const resumeFrom = this.#resumePoint;
    const isKept = this.#skipChain.keep(pts);
    // A live source is never resumed.
    if (!this.#isLive) this.#resumePoint = { afterPts: pts, skip: this.#skipChain.states };
    if (!isCopy && this.run.position.isRepeat(pts)) {
      const onlyAt = changeRule(this.plan) === undefined ? undefined : pts;
      const lost = isKept ? this.run.position.takeLost(onlyAt) : undefined;
      if (lost !== undefined) this.#pending.add(pts, { ...lost, pts, resumeFrom });
      return;
    }
    if (this.#resumePoint !== undefined) this.run.position.reach(this.#resumePoint);
    this.run.recover(now);
    // The observer of an event may unsubscribe.
    if (this.subscriber.closed) return;
    const record = this.run.captured(pts, 'encoder', now);
    if (this.#isOver) new FrameTracker([record]).drop('stopped');
    else if (isKept) this.#pending.add(pts, { record, pts, capturedAt: wall(), resumeFrom });
    else new FrameTracker([record]).skip('rate');
  }

  /** Sets the source that frames state, and the frame rate after the steps. */
  #setSource(source: SourceInfo): void {
    this.#source = source;
    this.#fps = rateAfter(this.#skipChain.rules, source.fps);
    this.run.runPlan = { plan: this.plan, source, fps: this.#fps };
  }

  get #isLive(): boolean { return this.run.hub.facts.live; }

  #output(output: EngineOutput): void {
    const pending = this.#pending.takeOutput(output.pts);
    if (pending !== undefined) this.#emitter.push(this.#keptPicture(pending), output);
    // A picture that is read again may now be kept, although it was unchanged before and its record is closed.
    else if (changeRule(this.plan) === undefined || !this.run.position.isRepeat(output.pts)) {
      throw this.#written?.strayPicture(`a picture at ${output.pts} µs`) ?? new CaptureCrashed(`an access unit at ${output.pts} µs belongs to no picture that was kept`);
    }
    this.#passUnchanged();
  }

  /** Skips an unchanged picture, or, if the plan has references, marks it: its reference leaves after the pictures before it. */
  #unchanged(pts: number, similarity: number | undefined): void {
    if (similarity !== undefined) {
      this.#pending.mark(pts, similarity);
      this.#passUnchanged();
      return;
    }
    const pending = this.#pending.take(pts);
    if (pending !== undefined) new FrameTracker([pending.record]).skip('unchanged');
  }

  #passUnchanged(): void {
    this.#pending.passUnchanged((pending, similarity) => { this.#emitter.unchanged(this.#keptPicture(pending), similarity); });
  }

  #keptPicture({ record, pts, capturedAt }: PendingPicture): KeptPicture {
    const records = [record];
    const { id, camera, shiftUs } = this.run;
    const origin = { camera, run: id, seq: record.seq, pts: pts + shiftUs, capturedAt, source: this.#source, fps: this.#fps };
    return { tracker: new FrameTracker(records), records, origin };
  }

  #fail(cause: unknown): void {
    if (!this.#flushAtEnd()) return;
    this.#keepPosition();
    const error = failureOf(cause, 'the capture', { camera: this.run.camera, attempt: this.number });
    linkRun(error, this.run, this.#opening);
    this.run.failed({ type: 'failed', attempt: this.number, error });
    this.subscriber.error(error);
  }

  #finish(): void {
    if (!this.#flushAtEnd()) return;
    this.#dropPending(causeAtEnd(this.#written));
    if (this.run.hub.facts.loop) this.run.rewind();
    else this.run.emit({ type: 'stopped', reason: 'completed' });
    this.subscriber.complete();
  }

  /** Emits the chunk in progress. Returns false if the subscriber unsubscribes on it: the attempt has then stopped and reports nothing. */
  #flushAtEnd(): boolean {
    this.#emitter.flush();
    if (this.subscriber.closed) return false;
    this.#isOver = true;
    return true;
  }

  #stop(work: Subscription): void {
    work.unsubscribe();
    if (this.#isOver) return;
    this.#isOver = true;
    if (this.run.isInterrupted) {
      this.#emitter.drop('capture-lost');
      this.#keepPosition();
      return;
    }
    this.#emitter.drop('stopped');
    this.#dropPending('stopped');
    this.run.emit({ type: 'stopped', reason: 'unsubscribed' });
  }

  /** Keeps the pending pictures of a file for the next attempt, which reads them again; those of a live source are lost. */
  #keepPosition(): void {
    this.run.position.keyframeAt = this.#emitter.keyframeAt;
    if (this.#isLive) this.#dropPending('capture-lost');
    else this.run.position.keepForResume(this.#resumePoint, this.#pending.items);
  }

  #dropPending(cause: DropCause): void {
    for (const { record } of this.#pending.items) new FrameTracker([record]).drop(cause);
    this.#pending.clear();
    this.run.position.clear(cause);
  }
}
