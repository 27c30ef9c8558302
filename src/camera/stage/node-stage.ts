/** Runs steps on frames from user code: rates in Node, the rest in one child fed with raw video. */
import { EMPTY, Observable, Subject, type Subscriber, Subscription, switchMap, timer } from 'rxjs';
import { type FrameTracker, type Reservation, passedOn, take } from '../../ledger/index.js';
import { PROCESS, STAGE } from '../../core/defaults/limits.js';
import type { EngineEvent } from '../../core/engine/engine.js';
import { EncoderFailed, failureOf } from '../../core/errors/errors.js';
import { ffmpegEngine } from '../../ffmpeg/index.js';
import type { EncodedFrame, Frame } from '../../core/frame/frame.js';
import { FrameEmitter } from '../output/index.js';
import { type FramesOrigin, type Plan, ffmpegSteps } from '../../core/plan/plan.js';
import { FrameFilter } from './frame-filter.js';
import { StageChild, sameFormat } from './stage-child.js';
import { type Fed, InputQueue, fpsAfter, keptPicture } from './input-queue.js';

/** The values of one subscription to steps on frames. */
export function stage(plan: Plan, origin: FramesOrigin): Observable<Frame | EncodedFrame> {
  return new Observable((subscriber) => new NodeStage(plan, subscriber).start(origin.frames$));
}

class NodeStage {
  readonly #filter: FrameFilter;
  readonly #emitter: FrameEmitter;
  readonly #needsChild: boolean;
  readonly #waiting = new InputQueue();
  readonly #activity = new Subject<void>();
  readonly #upstream = new Subscription();
  #child: StageChild | undefined;
  #childWork = new Subscription();
  /** Set when the frames have ended, with the error if there was one. */
  #ended: { readonly error?: unknown } | undefined;
  #over = false;
  #lastOwner: FrameTracker['owner'];
  #reservation: Reservation | undefined;
  #pumping = false;
  #again = false;

  constructor(readonly plan: Plan, readonly subscriber: Subscriber<Frame | EncodedFrame>) {
    this.#filter = new FrameFilter(plan);
    this.#emitter = new FrameEmitter(subscriber, plan);
    this.#needsChild = ffmpegSteps(plan).length > 0;
  }

  start(frames$: Observable<Frame>): () => void {
    this.#childWork.add(this.#activity.pipe(
      switchMap(() => (this.#child?.isEmpty === false ? timer(STAGE.stallMs) : EMPTY)),
    ).subscribe(() => { this.#fail(new EncoderFailed(`no picture out of the encoder for ${STAGE.stallMs} ms`)); }));
    this.#upstream.add(frames$.subscribe({
      next: (frame) => { this.#take(frame); },
      error: (error: unknown) => { this.#end({ error }); },
      complete: () => { this.#end({}); },
    }));
    return () => { if (!this.#over) this.#close('stopped'); };
  }

  #take(frame: Frame): void {
    const tracker = take(frame, 'stdin', this);
    const { skip, similarity } = this.#filter.judge(frame);
    if (skip !== undefined) {
      tracker.skip(skip);
    } else if (this.#needsChild) {
      this.#waiting.push({ frame, tracker, similarity });
      if (this.#waiting.relieve(tracker.pressure, this)) this.#filter.forget();
      this.#pump();
    } else {
      tracker.move('handover');
      const passed = passedOn(frame, tracker);
      const { fps } = fpsAfter(frame, this.#filter.rules);
      this.subscriber.next(fps === undefined || fps === frame.fps ? passed : { ...passed, fps });
      tracker.endHandover();
    }
  }

  /** Does all possible work. A child that answers synchronously calls it again: the outer call then continues. */
  #pump(): void {
    this.#again = true;
    if (this.#pumping) return;
    this.#pumping = true;
    while (this.#again && !this.#over) {
      this.#again = false;
      this.#step();
    }
    this.#pumping = false;
  }

  /** Feeds one picture to the child that fits it, or ends an idle child. */
  #step(): void {
    const next = this.#waiting.first;
    if (next === undefined) { this.#rest(); return; }
    if (next.similarity !== undefined) { this.#follow(next); return; }
    const child = this.#child ?? this.#newChild(next);
    if (!sameFormat(child.format, next.frame)) child.end();
    else if (child.isReady) {
      this.#waiting.shift();
      child.feed(next);
      this.#activity.next();
      this.#again = true;
    }
  }

  /** A reference to a picture leaves after it. */
  #follow(next: Fed): void {
    this.#waiting.shift();
    if (this.#child?.isEmpty === false) this.#child.follow(next);
    else this.#unchanged(next);
    this.#again = true;
  }

  #unchanged(next: Fed): void {
    this.#emitter.unchanged(keptPicture(next, this.#filter.rules), next.similarity);
  }

  #rest(): void {
    this.#owner()?.pressure.unblock(this);
    if (this.#ended === undefined) return;
    if (this.#child === undefined) this.#finish(this.#ended);
    else this.#child.end();
  }

  #newChild(first: Fed): StageChild {
    const child = new StageChild(first.frame, this.plan);
    this.#child = child;
    this.#lastOwner = first.tracker.owner ?? this.#lastOwner;
    const owner = this.#owner();
    this.#reservation ??= owner?.reserve?.();
    const whose = { camera: first.frame.camera, process: owner?.process };
    const events$ = child.run(owner?.engine ?? ffmpegEngine, this.plan, whose, () => { this.#pump(); });
    this.#childWork.add(events$.subscribe({
      next: (event) => {
        try { this.#handle(child, event); } catch (error) { this.#fail(error); }
      },
      error: (error: unknown) => { this.#fail(error); },
      complete: () => { this.#childDone(child); },
    }));
    return child;
  }

  #handle(child: StageChild, event: EngineEvent): void {
    if (event.type === 'encoder') this.#emitter.encoder = event.encoder;
    if (event.type === 'encoder' || event.type === 'warning') this.#owner()?.emit(event);
    if (event.type !== 'output') return;
    const out = keptPicture(child.out(event.pts), this.#filter.rules);
    this.#activity.next();
    this.#emitter.push(out, event);
    child.passUnchanged((next) => { this.#unchanged(next); });
  }

  #childDone(child: StageChild): void {
    this.#emitter.flush();
    child.drop(child.lostCause);
    this.#child = undefined;
    this.#pump();
  }

  /** The frames have ended: pictures in the child leave first, but an error does not wait long for them. */
  #end(ended: { readonly error?: unknown }): void {
    this.#ended = ended;
    if ('error' in ended && this.#child !== undefined) {
      this.#childWork.add(timer(PROCESS.killAfterMs).subscribe(() => { this.#finish(ended); }));
    }
    this.#pump();
  }

  #finish(ended: { readonly error?: unknown }): void {
    if (this.#over) return;
    this.#emitter.flush();
    if (this.subscriber.closed) return;
    this.#close('capture-lost');
    if ('error' in ended) this.subscriber.error(ended.error);
    else this.subscriber.complete();
  }

  #fail(cause: unknown): void {
    if (this.#over) return;
    this.#emitter.flush();
    // Unsubscribing on that last chunk stops the stage.
    if (this.subscriber.closed) return;
    const owner = this.#owner();
    const error = failureOf(cause, 'the encoder', owner === undefined ? {} : { camera: owner.camera });
    const end = () => { this.#close('capture-lost'); };
    if (this.#reservation === undefined) end();
    else this.#reservation.fail(error, end);
    this.subscriber.error(error);
  }

  #close(cause: 'capture-lost' | 'stopped'): void {
    this.#over = true;
    this.#reservation?.release();
    this.#upstream.unsubscribe();
    this.#child?.leave(this.#reservation);
    this.#childWork.unsubscribe();
    this.#emitter.drop(cause);
    this.#child?.drop(cause);
    this.#waiting.dropAll(cause);
    this.#owner()?.pressure.unblock(this);
  }

  #owner(): FrameTracker['owner'] { return this.#lastOwner ?? this.#waiting.first?.tracker.owner; }
}
