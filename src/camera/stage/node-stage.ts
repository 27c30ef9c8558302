/** Runs steps on frames from user code: `skipRate` and `skipUnchanged` in Node, the other steps in one ffmpeg that is fed with raw video. */
import { EMPTY, Observable, Subject, type Subscriber, Subscription, switchMap, takeWhile, timer } from 'rxjs';
import { type FrameTracker, type Reservation, passOn, passedOn, take } from '../../ledger/index.js';
import { PROCESS, STAGE } from '../../core/defaults/limits.js';
import type { EngineEvent } from '../../core/engine/engine.js';
import { EncoderFailed, failureOf } from '../../core/errors/errors.js';
import { ffmpegEngine } from '../../ffmpeg/index.js';
import type { EncodedFrame, Frame } from '../../core/frame/frame.js';
import { FrameEmitter } from '../output/index.js';
import { type FramesOrigin, type Plan, ffmpegSteps } from '../../core/plan/plan.js';
import { FrameFilter } from './frame-filter.js';
import { StageChild, sameFormat } from './stage-child.js';
import { type StagePicture, InputQueue, fpsAfter, keptPicture } from './input-queue.js';

/** The values of steps on frames; each subscription has its own child. */
export function stageValues(plan: Plan, origin: FramesOrigin): Observable<Frame | EncodedFrame> {
  return new Observable((subscriber) => { new NodeStage(plan, subscriber).start(origin.frames$); });
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
  #isOver = false;
  #lastOwner: FrameTracker['owner'];
  #reservation: Reservation | undefined;
  #isPumping = false;
  #pumpAgain = false;

  constructor(readonly plan: Plan, readonly subscriber: Subscriber<Frame | EncodedFrame>) {
    this.#filter = new FrameFilter(plan);
    this.#emitter = new FrameEmitter(subscriber, plan);
    this.#needsChild = ffmpegSteps(plan).length > 0;
  }

  start(frames$: Observable<Frame>): void {
    // Before the frames are subscribed to: they may arrive at once, and so may the output of an engine of the user's own.
    this.subscriber.add(() => { if (!this.#isOver) this.#close('stopped'); });
    this.#childWork.add(this.#activity.pipe(
      switchMap(() => (this.#child?.isEmpty === false ? timer(STAGE.stallMs) : EMPTY)),
    ).subscribe(() => { this.#fail(new EncoderFailed(`no picture out of the encoder for ${STAGE.stallMs} ms`)); }));
    this.#upstream.add(frames$.pipe(takeWhile(() => !this.#isOver)).subscribe({
      next: (frame) => { this.#take(frame); },
      error: (error: unknown) => { this.#end({ error }); },
      complete: () => { this.#end({}); },
    }));
  }

  #take(frame: Frame): void {
    const tracker = take(frame, 'stdin', this);
    const { skip, similarity } = this.#filter.filter(frame);
    // The observer of its event may have unsubscribed.
    if (this.#isOver) tracker.drop('stopped');
    else if (skip !== undefined) tracker.skip(skip);
    else if (this.#needsChild) {
      this.#waiting.push({ frame, tracker, similarity });
      if (this.#waiting.relieve(tracker.pressure, this)) this.#filter.forget();
      this.#pump();
    } else {
      tracker.move('handover');
      const passed = passedOn(frame, tracker);
      const fps = fpsAfter(frame, this.#filter.rules);
      passOn(fps === undefined || fps === frame.fps ? passed : { ...passed, fps }, tracker, this.subscriber);
    }
  }

  /** Does all possible work. A call from within, by a child that answers synchronously, only makes the outer call continue. */
  #pump(): void {
    this.#pumpAgain = true;
    if (this.#isPumping) return;
    this.#isPumping = true;
    while (this.#pumpAgain && !this.#isOver) {
      this.#pumpAgain = false;
      this.#pumpOnce();
    }
    this.#isPumping = false;
  }

  /** Feeds the next picture to the child, or ends a child of another format. */
  #pumpOnce(): void {
    const next = this.#waiting.first;
    if (next === undefined) { this.#afterLast(); return; }
    if (next.similarity !== undefined) { this.#passReference(next); return; }
    const child = this.#child ?? this.#newChild(next);
    if (!sameFormat(child.format, next.frame)) child.end();
    else if (child.isReady) {
      this.#waiting.shift();
      child.feed(next);
      this.#activity.next();
      this.#pumpAgain = true;
    }
  }

  /** Passes an unchanged picture on: at once, or after the pictures in the child. */
  #passReference(next: StagePicture): void {
    this.#waiting.shift();
    if (this.#child?.isEmpty === false) this.#child.addReference(next);
    else this.#emitUnchanged(next);
    this.#pumpAgain = true;
  }

  #emitUnchanged(next: StagePicture): void {
    this.#emitter.unchanged(keptPicture(next, this.#filter.rules), next.similarity);
  }

  /** Resumes the source; after the last frame, ends the child, and then the stage. */
  #afterLast(): void {
    this.#owner()?.pressure.unblock(this);
    if (this.#ended === undefined) return;
    if (this.#child === undefined) this.#finish(this.#ended);
    else this.#child.end();
  }

  #newChild(first: StagePicture): StageChild {
    const child = new StageChild(first.frame, this.plan);
    this.#child = child;
    this.#lastOwner = first.tracker.owner ?? this.#lastOwner;
    const owner = this.#owner();
    this.#reservation ??= owner?.reserve?.();
    const camera = { camera: first.frame.camera, process: owner?.process };
    const events$ = child.run(owner?.engine ?? ffmpegEngine, this.plan, camera, () => { this.#pump(); });
    this.#childWork.add(events$.pipe(takeWhile(() => !this.#isOver)).subscribe({
      next: (event) => {
        try { this.#handle(child, event); } catch (error) { this.#fail(error); }
      },
      error: (error: unknown) => { this.#fail(error); },
      complete: () => { this.#childEnded(child); },
    }));
    return child;
  }

  #handle(child: StageChild, event: EngineEvent): void {
    if (event.type === 'encoder') this.#emitter.encoder = event.encoder;
    if (event.type === 'encoder' || event.type === 'warning') this.#owner()?.emit(event);
    if (event.type !== 'output') return;
    const picture = keptPicture(child.takeOutput(event.pts), this.#filter.rules);
    this.#activity.next();
    this.#emitter.push(picture, event);
    child.passUnchanged((next) => { this.#emitUnchanged(next); });
  }

  #childEnded(child: StageChild): void {
    this.#emitter.flush();
    child.drop(child.causeAtEnd);
    this.#child = undefined;
    this.#pump();
  }

  /** Called when the frames have ended. Pictures in the child are emitted first; an error waits for them only for `PROCESS.killAfterMs`. */
  #end(ended: { readonly error?: unknown }): void {
    this.#ended = ended;
    if ('error' in ended && this.#child !== undefined) {
      this.#childWork.add(timer(PROCESS.killAfterMs).subscribe(() => { this.#finish(ended); }));
    }
    this.#pump();
  }

  #finish(ended: { readonly error?: unknown }): void {
    if (this.#isOver) return;
    this.#emitter.flush();
    if (this.subscriber.closed) return;
    this.#close('capture-lost');
    if ('error' in ended) this.subscriber.error(ended.error);
    else this.subscriber.complete();
  }

  #fail(cause: unknown): void {
    if (this.#isOver) return;
    this.#emitter.flush();
    // If the subscriber unsubscribes on that chunk, the stage has stopped.
    if (this.subscriber.closed) return;
    const owner = this.#owner();
    const error = failureOf(cause, 'the encoder', owner === undefined ? {} : { camera: owner.camera });
    const end = () => { this.#close('capture-lost'); };
    if (this.#reservation === undefined) end();
    else this.#reservation.fail(error, end);
    this.subscriber.error(error);
  }

  #close(cause: 'capture-lost' | 'stopped'): void {
    this.#isOver = true;
    this.#reservation?.release();
    this.#upstream.unsubscribe();
    this.#child?.delayNextAttempt(this.#reservation);
    this.#childWork.unsubscribe();
    this.#emitter.drop(cause);
    this.#child?.drop(cause);
    this.#waiting.dropAll(cause);
    this.#owner()?.pressure.unblock(this);
  }

  #owner(): FrameTracker['owner'] { return this.#lastOwner ?? this.#waiting.first?.tracker.owner; }
}
