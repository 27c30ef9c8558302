/** The engine of `fakeCamera`: plays a diagram in place of ffmpeg. */
import { Observable, type Subscriber } from 'rxjs';
import type { Engine, EngineContext, EngineEvent, Feed } from '../../src/core/engine/engine.js';
import { StreamEnded } from '../../src/core/errors/errors.js';
import { COPY, type CameraOrigin, type Plan, changeRule, isCopied, skipRules, unitStep } from '../../src/core/plan/plan.js';
import { SkipChain } from '../../src/core/pictures/skip.js';
import { Agenda } from './agenda.js';
import { type EncoderSettings, FakeEncoder } from './fake-encoder.js';
import { FakeScene } from './fake-scene.js';
import type { Processes } from './processes.js';
import type { SourceAction, TimedAction } from './script.js';

/** Settings of the fake source. */
export interface FakeSettings extends EncoderSettings {
  /** The script of the nth opening, from 1. */
  readonly script: (opening: number) => readonly TimedAction[];
  readonly size: { readonly width: number; readonly height: number };
  /** Frame rate; undefined: a live source's media time is the diagram's time. */
  readonly fps?: number | undefined;
}

/** Rate of a file that states none, so that a picture has the same media time when it is read again. */
const FILE_FPS = 25;
/** Maximum number of pictures in the encoder of a child that is fed. */
const FEED_DEPTH = 2;

/** An engine that reports processes without starting any. */
export function engineOf(settings: FakeSettings, processes: Processes): Engine {
  return (plan, context) => new Observable((subscriber) => {
    const agenda = new Agenda();
    const end = processes.start(context, context.feed === undefined);
    subscriber.add(() => { agenda.stop(); });
    if (unitStep(plan) !== undefined) {
      subscriber.next({ type: 'encoder', encoder: isCopied(plan) ? COPY : 'fake', hardware: false, reason: 'requested' });
    }
    const pausing = context.paused$.subscribe((paused) => { if (paused) agenda.pause(); else agenda.resume(); });
    subscriber.add(pausing);
    const exit: Exit = {
      complete: () => { end('exited'); subscriber.complete(); },
      error: (error) => { end('exited'); subscriber.error(error); },
    };
    const { origin } = plan;
    if (context.feed !== undefined) subscriber.add(encodeFeed(settings, plan, context.feed, agenda, subscriber, exit));
    else if (origin.kind === 'camera') new SourceProcess(settings, plan, origin, context, agenda, subscriber, exit).start(processes.openings);
    return () => { end('ended by a signal'); };
  });
}

/** The ways in which a process ends by itself. */
interface Exit { complete(): void; error(error: Error): void }

/** A capture: from the source to the pictures that are kept. */
class SourceProcess {
  readonly #chain: SkipChain;
  readonly #scene: FakeScene;
  readonly #encoder: FakeEncoder;
  readonly #isCopy: boolean;
  readonly #firstPts: number;
  /** Pictures per second of media time; undefined if media time is the diagram's. */
  readonly #rate: number | undefined;
  #size: { readonly width: number; readonly height: number };
  #isOpen = false;
  #pictures = 0;
  #lastPts: number;
  #zeroAt: number | undefined;

  constructor(
    readonly settings: FakeSettings, plan: Plan, readonly origin: CameraOrigin, context: EngineContext, readonly agenda: Agenda,
    readonly subscriber: Subscriber<EngineEvent>, readonly exit: Exit,
  ) {
    this.#chain = new SkipChain(skipRules(plan), context.resume?.skip);
    this.#scene = new FakeScene(changeRule(plan));
    this.#encoder = new FakeEncoder(agenda, plan, origin.pixelFormat, settings, (output) => { subscriber.next(output); }, (error) => { exit.error(error); });
    this.#isCopy = isCopied(plan);
    this.#rate = settings.fps ?? (origin.source.live ? undefined : FILE_FPS);
    this.#firstPts = context.resume === undefined ? 0 : context.resume.afterPts + Math.round(1e6 / (this.#rate ?? FILE_FPS));
    this.#lastPts = this.#firstPts - 1;
    this.#size = settings.size;
  }

  start(opening: number): void {
    for (const { at, action } of this.settings.script(opening)) this.agenda.put(at, () => { this.#do(action); });
  }

  #do(action: SourceAction): void {
    switch (action.kind) {
      case 'opened': this.#open(); break;
      case 'picture': this.#picture(action); break;
      case 'event':
        if (action.event.type === 'changed') this.#size = action.event;
        this.subscriber.next(action.event);
        break;
      case 'failure': this.exit.error(action.error); break;
      case 'end': this.#encoder.whenIdle(() => { this.#end(); }); break;
    }
  }

  #open(): void {
    if (this.#isOpen) return;
    this.#isOpen = true;
    const { size, fps } = this.settings;
    this.subscriber.next({ type: 'connected' });
    const source = { ...size, pixelFormat: this.origin.pixelFormat, codec: 'fake', ...(fps !== undefined && { fps }) };
    this.subscriber.next({ type: 'opened', source });
  }

  #picture({ keyframe, pts: givenPts, unchanged = false }: Extract<SourceAction, { kind: 'picture' }>): void {
    this.#open();
    this.#scene.next(unchanged);
    const wanted = givenPts ?? this.#nextPts();
    // Copied access units are in decoding order: their media time may decrease.
    const pts = this.#isCopy ? wanted : Math.max(this.#lastPts + 1, wanted);
    this.#pictures++;
    this.#lastPts = pts;
    this.subscriber.next({ type: 'captured', pts });
    if (!this.#chain.keep(pts)) return;
    if (!this.#scene.leavesOut(pts)) this.#encoder.push({ pts, keyframe, scene: this.#scene.scene, ...this.#size });
    else this.subscriber.next({ type: 'unchanged', pts, ...(this.#scene.rule?.references && { similarity: 1 }) });
  }

  #nextPts(): number {
    if (this.#rate !== undefined) return this.#firstPts + Math.round((this.#pictures * 1e6) / this.#rate);
    this.#zeroAt ??= this.agenda.now;
    return this.#firstPts + Math.round((this.agenda.now - this.#zeroAt) * 1000);
  }

  #end(): void {
    if (this.origin.source.endless) this.exit.error(new StreamEnded('fake: the live source ended'));
    else this.exit.complete();
  }
}

/** A child that is fed with pictures, by their numbers. */
function encodeFeed(settings: FakeSettings, plan: Plan, feed: Feed, agenda: Agenda, subscriber: Subscriber<EngineEvent>, exit: Exit) {
  const { width, height, pixelFormat } = feed.format;
  let inside = 0;
  let fed = 0;
  const encoder = new FakeEncoder(agenda, plan, pixelFormat, settings, (output) => {
    inside--;
    subscriber.next(output);
    feed.ready(true);
  }, (error) => { exit.error(error); });
  const feeding = feed.pictures$.subscribe({
    next: () => {
      if (++inside >= FEED_DEPTH) feed.ready(false);
      encoder.push({ pts: fed++, keyframe: false, scene: fed, width, height });
    },
    complete: () => { encoder.whenIdle(() => { exit.complete(); }); },
  });
  agenda.put(0, () => { feed.ready(true); });
  return feeding;
}
