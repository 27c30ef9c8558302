/** The ledger of one camera: counts pictures in place, emits statistics, and creates events of pictures only if they are observed. */
import { Observable, ReplaySubject, Subject, share } from 'rxjs';
import { wall } from '../core/clock.js';
import { STATS } from '../core/defaults/defaults.js';
import type { RxcamError } from '../core/errors/errors.js';
import type { CameraEvent, DropCause, EventBody, Place } from '../core/events.js';
import { type EncodedFacts, FrameEvents } from './frame-events.js';
import type { Published } from '../core/frame/frame.js';
import { type CameraStats, StatsSampler } from './report/index.js';
import { Tally } from './tally.js';

/** Called for each published message, with the number of its pictures and the time from decoding to acknowledgement, in ms. */
export type PublishedListener = (frames: number, latencyMs: number) => void;

export class CameraLedger {
  readonly tally = new Tally();
  readonly #events = new Subject<CameraEvent>();
  readonly #stateEvents = new Subject<CameraEvent>();
  /** The last state event of each type. */
  readonly #last = new Map<CameraEvent['type'], CameraEvent>();
  #sampler: StatsSampler | undefined;
  /** Set by `logEvents`. */
  onPublished: PublishedListener | undefined;

  /** All events. */
  readonly events$: Observable<CameraEvent> = this.#events.asObservable();
  /** Events of the camera, without those of single pictures; they are created even if they are not observed. */
  readonly stateEvents$: Observable<CameraEvent> = this.#stateEvents.asObservable();
  /** Statistics: at once, at intervals while the camera is active, and at each change of its state. */
  readonly stats$: Observable<CameraStats> = new Observable<CameraStats>((subscriber) => {
    const sampler = new StatsSampler(this.tally, STATS.every, (stats) => { subscriber.next(stats); });
    this.#sampler = sampler;
    sampler.emitNow();
    return () => {
      this.#sampler = undefined;
      sampler.stop();
    };
  }).pipe(share({ connector: () => new ReplaySubject(1) }));

  constructor(readonly camera: string) {}

  /** The last state event of each type, in order of time: for late subscribers. */
  get lastStateEvents(): readonly CameraEvent[] { return [...this.#last.values()]; }

  /** Whether events of single pictures are observed. */
  get isObserved(): boolean { return this.#events.observed; }

  /** Creates an event, counts it and emits it. */
  emit(run: number, body: EventBody): void {
    const event: CameraEvent = { camera: this.camera, run, at: wall(), ...body };
    this.tally.apply(event);
    this.tallyChanged();
    if (!('frames' in event)) {
      // Removed first, so that it is the last in the order of the map.
      this.#last.delete(event.type);
      this.#last.set(event.type, event);
      this.#stateEvents.next(event);
    }
    this.#events.next(event);
  }

  /** Called when the tally has changed: emits statistics if they are due. */
  tallyChanged(): void {
    this.#sampler?.changed();
  }

  /** Emits an event that is counted already. */
  forward(event: CameraEvent): void {
    this.#events.next(event);
  }
}

/** Counts the pictures of one run, and creates their events if they are observed. */
export class CountedFrameEvents extends FrameEvents {
  readonly #ledger: CameraLedger;
  readonly #tally: Tally;

  constructor(ledger: CameraLedger, run: number) {
    super(ledger.camera, run, (event) => { ledger.forward(event); });
    this.#ledger = ledger;
    this.#tally = ledger.tally;
  }

  override captured(seq: number, pts: number, to: Place, readMs: number | undefined): void {
    this.#tally.captured(1, to, readMs);
    if (this.#isObserved()) super.captured(seq, pts, to, readMs);
  }

  override skipped(seq: number, frames: number, from: Place, reason: 'rate' | 'unchanged'): void {
    this.#tally.skipped(frames, from, reason);
    if (this.#isObserved()) super.skipped(seq, frames, from, reason);
  }

  override unchanged(seq: number, frames: number, from: Place, to: Place): void {
    this.#tally.unchanged(frames, from, to);
    if (this.#isObserved()) super.unchanged(seq, frames, from, to);
  }

  override encoded(seq: number, frames: number, from: Place, to: Place, facts: EncodedFacts, processMs: number): void {
    this.#tally.encoded(frames, from, to, facts, processMs);
    if (this.#isObserved()) super.encoded(seq, frames, from, to, facts, processMs);
  }

  override moved(seq: number, frames: number, from: Place, to: Place): void {
    this.#tally.moved(frames, from, to);
    if (this.#isObserved()) super.moved(seq, frames, from, to);
  }

  override delivered(seq: number, frames: number, from: Place, isReference: boolean): void {
    this.#tally.delivered(frames, from, isReference);
    if (this.#isObserved()) super.delivered(seq, frames, from, isReference);
  }

  override returned(seq: number, frames: number, to: Place, uncounted: boolean, isReference: boolean): void {
    this.#tally.returned(frames, to, uncounted, isReference);
    if (this.#isObserved()) super.returned(seq, frames, to, uncounted, isReference);
  }

  override duplicate(seq: number, frames: number): void {
    this.#tally.duplicate(frames);
    if (this.#isObserved()) super.duplicate(seq, frames);
  }

  override dropped(seq: number, frames: number, from: Place, cause: DropCause, error: RxcamError | undefined): void {
    this.#tally.drop(frames, from, cause);
    if (this.#isObserved()) super.dropped(seq, frames, from, cause, error);
  }

  override published(seq: number, frames: number, from: Place, ack: Published, latencyMs: number, isReference: boolean): void {
    this.#tally.published(frames, from, ack.bytes, ack.writeMs, latencyMs, isReference);
    const isObserved = this.#isObserved();
    this.#ledger.onPublished?.(frames, latencyMs);
    if (isObserved) super.published(seq, frames, from, ack, latencyMs, isReference);
  }

  /** Whether to create the event. Updates the statistics first: they precede the event that changed them. */
  #isObserved(): boolean {
    this.#ledger.tallyChanged();
    return this.#ledger.isObserved;
  }
}
