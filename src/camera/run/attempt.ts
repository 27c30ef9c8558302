/** One try to capture: what the engine reports becomes events, accounts and values. */
import { Observable, type Subscriber, type Subscription, concat, defer, repeat, tap } from 'rxjs';
import { Ticket } from '../../ledger/index.js';
import type { Pending } from './bookmark.js';
import { wall } from '../../core/clock.js';
import type { EngineEvent, EngineOutput, ResumePoint } from '../../core/engine/engine.js';
import { CaptureCrashed, failureOf } from '../../core/errors/errors.js';
import type { DropCause } from '../../core/events.js';
import type { EncodedFrame, Frame, SourceInfo } from '../../core/frame/frame.js';
import { InOrder, type Kept, Outlet, originOf } from '../output/index.js';
import { type OpenRun, type Plan, changeRule, skipRules } from '../../core/plan/plan.js';
import { linkRun } from './reconnect.js';
import type { Run } from './run.js';
import { SkipChain } from '../../core/pictures/skip.js';
import { watched } from './watch.js';

/** Opens a run for one subscription. */
export function opened(run: Run): OpenRun {
  return { values: (plan) => attempt(run, plan), close: run.open() };
}

/**
 * The values of one attempt, in which a file that loops is played again and again; the errors that end it carry the run, so
 * that `retry` knows its state.
 */
function attempt(run: Run, plan: Plan): Observable<Frame | EncodedFrame> {
  return defer(() => {
    const number = run.startAttempt();
    run.emit({ type: 'connecting', attempt: number, address: run.hub.facts.address });
    const pass$ = new Observable<Frame | EncodedFrame>((subscriber) => new Attempt(run, plan, subscriber, number).start());
    return (run.hub.facts.loop ? pass$.pipe(repeat()) : pass$).pipe(tap((value) => { run.hub.tell(value); }));
  });
}

class Attempt {
  readonly #chain: SkipChain;
  readonly #pending = new InOrder<Pending>();
  readonly #outlet: Outlet;
  #source: SourceInfo;
  /** After the last picture. */
  #point: ResumePoint | undefined;
  readonly #opening: number;
  #over = false;

  constructor(
    readonly run: Run, readonly plan: Plan, readonly subscriber: Subscriber<Frame | EncodedFrame>,
    readonly number: number,
  ) {
    this.#opening = run.opening;
    this.#point = run.bookmark.point;
    this.#chain = new SkipChain(skipRules(plan), this.#point?.skip);
    this.#outlet = new Outlet(subscriber, plan, this.#point !== undefined);
    if (this.#point !== undefined) this.#outlet.keyframeAt = run.bookmark.keyframeAt;
    this.#source = { kind: run.hub.facts.kind, address: run.hub.facts.address };
  }

  start(): () => void {
    const subscription = concat(this.run.ready(), this.#watched()).subscribe({
      error: (error: unknown) => { this.#fail(error); },
      complete: () => { this.#finish(); },
    });
    return () => { this.#stop(subscription); };
  }

  #watched(): Observable<unknown> {
    const { run, plan } = this;
    return watched(run, (context) => run.engine(plan, context), this.#point, (event) => { this.#handle(event); });
  }

  #handle(event: EngineEvent): void {
    switch (event.type) {
      case 'captured': this.#captured(event.pts); break;
      case 'output': this.#output(event); break;
      case 'unchanged': this.#unchanged(event.pts, event.similarity); break;
      case 'opened':
        this.#source = { ...this.#source, ...event.source };
        this.run.emit({ type: 'opened', attempt: this.number, source: this.#source });
        break;
      case 'changed': {
        const { type: _, ...size } = event;
        this.#source = { ...this.#source, ...size };
        this.run.emit(event);
        break;
      }
      case 'encoder':
        this.#outlet.encoder = event.encoder;
        this.run.emit(event);
        break;
      case 'ffmpeg':
      case 'warning': this.run.emit(event); break;
      default:
    }
  }

  #captured(pts: number): void {
    const { isCopy } = this.#outlet;
    // Of what is copied, media time tells nothing: it is sent in decoding order, and the engine leaves out what was sent.
    if (!isCopy && this.run.bookmark.isSettled(pts)) return;
    const before = this.#point;
    const kept = this.#chain.keep(pts);
    this.#point = { afterPts: pts, skip: this.#chain.states };
    if (!isCopy && this.run.bookmark.isRepeat(pts)) {
      const lost = kept ? this.run.bookmark.takeUp(changeRule(this.plan) && pts) : undefined;
      if (lost !== undefined) this.#pending.add(pts, { ...lost, pts, before });
      return;
    }
    if (!this.#isLive) this.run.bookmark.reach(this.#point);
    const account = this.run.captured(pts, 'encoder');
    if (kept) this.#pending.add(pts, { account, pts, capturedAt: wall(), before });
    else new Ticket([account]).skip('rate');
  }

  get #isLive(): boolean {
    return this.run.hub.facts.live;
  }

  #output(output: EngineOutput): void {
    const pending = this.#pending.take(output.pts);
    if (pending !== undefined) this.#outlet.push(this.#kept(pending), output);
    // A picture that is read once more may be kept though it was found unchanged before: its account is closed.
    else if (changeRule(this.plan) === undefined || !this.run.bookmark.isRepeat(output.pts)) {
      throw new CaptureCrashed(`an access unit at ${output.pts} µs belongs to no picture that was kept`);
    }
    this.#passUnchanged();
  }

  /** Not every picture comes to the comparison. One that does leaves after those before it where something refers to them. */
  #unchanged(pts: number, similarity: number | undefined): void {
    if (similarity === undefined) {
      const pending = this.#pending.take(pts);
      if (pending !== undefined) new Ticket([pending.account]).skip('unchanged');
      return;
    }
    this.#pending.mark(pts, similarity);
    this.#passUnchanged();
  }

  #passUnchanged(): void {
    this.#pending.passUnchanged((pending, similarity) => { this.#outlet.unchanged(this.#kept(pending), similarity); });
  }

  #kept({ account, pts, capturedAt }: Pending): Kept {
    const { run } = this;
    const from = { camera: run.camera, run: run.id, seq: account.seq, pts: pts + run.shiftUs, capturedAt, source: this.#source };
    return { ticket: new Ticket([account]), accounts: [account], origin: originOf(from, this.#chain.rules) };
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
    this.#drop('capture-lost');
    if (this.run.hub.facts.loop) this.run.rewind();
    else this.run.emit({ type: 'stopped', reason: 'completed' });
    this.subscriber.complete();
  }

  /** Hands over the chunk that is begun. Whoever unsubscribes on it has stopped the attempt: then there is nothing more to tell. */
  #flushed(): boolean {
    this.#outlet.flush();
    if (this.subscriber.closed) return false;
    this.#over = true;
    return true;
  }

  #stop(subscription: Subscription): void {
    subscription.unsubscribe();
    if (this.#over) return;
    this.#over = true;
    if (this.run.isInterrupted) {
      this.#outlet.drop('capture-lost');
      this.#leave();
      return;
    }
    this.#outlet.drop('stopped');
    this.#drop('stopped');
    this.run.emit({ type: 'stopped', reason: 'unsubscribed' });
  }

  /** The next attempt of a file reads again what has not come out; a live source has gone on meanwhile. */
  #leave(): void {
    this.run.bookmark.keyframeAt = this.#outlet.keyframeAt;
    if (this.#isLive) this.#drop('capture-lost');
    else this.run.bookmark.leave(this.#point, this.#pending.items);
  }

  #drop(cause: DropCause): void {
    for (const { account } of this.#pending.items) new Ticket([account]).drop(cause);
    this.#pending.clear();
    this.run.bookmark.clear(cause);
  }
}
