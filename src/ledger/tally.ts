/**
 * The ledger of a camera, counted in place: to move a picture costs a few additions. The pure function `fold` is its specification:
 * a snapshot equals the result of `fold` for the same events.
 */
import type { Counts } from './counts.js';
import { type CameraEvent, DROP_CAUSES, type DropCause, PLACES, type Place } from '../core/events.js';
import type { Codec } from '../core/frame/frame.js';
import { DurationTally } from './duration-tally.js';
import { type CameraState, EMPTY_LEDGER, type EncoderInUse, type Ledger, isActiveState } from './ledger.js';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** The facts about an access unit that the ledger records. */
export interface UnitFacts {
  readonly codec: Codec;
  readonly bytes: number;
  readonly width: number;
  readonly height: number;
}

export class Tally {
  state: CameraState = 'idle';
  readonly counts: Mutable<Counts> = { ...EMPTY_LEDGER.counts };
  readonly dropped: Record<DropCause, number> = { ...EMPTY_LEDGER.dropped };
  readonly places: Record<Place, number> = { ...EMPTY_LEDGER.places };
  readonly read = new DurationTally();
  readonly process = new DurationTally();
  readonly write = new DurationTally();
  readonly latency = new DurationTally();
  /** Pictures that rxcam holds: the sum of `places`. */
  inFlight = 0;
  droppedTotal = 0;
  /** Pictures that user code has passed back to a step: they no longer count as delivered. */
  returnedTotal = 0;
  resets = 0;
  encoder: EncoderInUse | undefined;
  frameBytes = 0;
  width = 0;
  height = 0;
  downtimeMs = 0;
  nextAttemptAt: number | undefined;
  lastError: string | undefined;
  codec: Codec | undefined;

  /** Whether the camera is active, or still has pictures in flight. */
  get isBusy(): boolean {
    return this.inFlight > 0 || isActiveState(this.state);
  }

  captured(frames: number, to: Place, readMs: number | undefined): void {
    this.state = 'streaming';
    this.counts.captured += frames;
    this.#enter(to, frames);
    if (readMs !== undefined) this.read.add(readMs);
  }

  skipped(frames: number, from: Place, reason: 'rate' | 'unchanged'): void {
    this.counts.skipped += frames;
    this.#leave(from, frames);
    if (reason === 'unchanged') this.#unchanged(frames);
    else this.counts.thinned += frames;
  }

  unchanged(frames: number, from: Place, to: Place): void {
    this.#unchanged(frames);
    this.moved(frames, from, to);
  }

  encoded(frames: number, from: Place, to: Place, { codec, bytes, width, height }: UnitFacts, processMs: number): void {
    this.counts.encoded += frames;
    this.moved(frames, from, to);
    this.codec = codec;
    this.frameBytes = bytes;
    this.width = width;
    this.height = height;
    this.process.add(processMs);
  }

  moved(frames: number, from: Place, to: Place): void {
    if (from === to) return;
    this.places[from] -= frames;
    this.places[to] += frames;
  }

  delivered(frames: number, from: Place, isReference: boolean): void {
    this.counts.delivered += frames;
    if (isReference) this.counts.references += frames;
    this.#leave(from, frames);
  }

  /** @param isUncounted - delivered before the last reset: it counts as captured again */
  returned(frames: number, to: Place, isUncounted: boolean, isReference: boolean): void {
    if (isUncounted) this.counts.captured += frames;
    else {
      this.counts.delivered -= frames;
      this.returnedTotal += frames;
      if (isReference) this.counts.references -= frames;
    }
    this.#enter(to, frames);
  }

  duplicate(frames: number): void {
    this.counts.duplicates += frames;
  }

  drop(frames: number, from: Place, cause: DropCause): void {
    this.dropped[cause] += frames;
    this.droppedTotal += frames;
    this.#leave(from, frames);
  }

  published(frames: number, from: Place, bytes: number, writeMs: number, latencyMs: number, isReference: boolean): void {
    const { counts } = this;
    if (isReference) counts.references += frames;
    counts.published += frames;
    counts.messages += 1;
    counts.bytes += bytes;
    // Pictures found unchanged before the last reset have saved nothing since.
    if (isReference) counts.bytesSaved -= Math.min(bytes, counts.bytesSaved);
    this.#leave(from, frames);
    this.write.add(writeMs);
    this.latency.add(latencyMs);
  }

  /** Counts an event. */
  apply(event: CameraEvent): void {
    switch (event.type) {
      case 'captured': this.captured(event.frames, event.to, event.readMs); break;
      case 'skipped': this.skipped(event.frames, event.from, event.reason); break;
      case 'unchanged': this.unchanged(event.frames, event.from, event.to); break;
      case 'encoded': this.encoded(event.frames, event.from, event.to, event, event.processMs); break;
      case 'moved': this.moved(event.frames, event.from, event.to); break;
      case 'delivered': this.delivered(event.frames, event.from, event.reference === true); break;
      case 'returned': this.returned(event.frames, event.to, event.uncounted, event.reference === true); break;
      case 'duplicate': this.duplicate(event.frames); break;
      case 'dropped': this.drop(event.frames, event.from, event.cause); break;
      case 'published': this.published(event.frames, event.from, event.bytes, event.writeMs, event.latencyMs, event.reference === true); break;
      case 'connecting': this.#become('connecting'); break;
      case 'opened':
        if (event.source.width !== undefined && this.width === 0) [this.width, this.height] = [event.source.width, event.source.height ?? 0];
        break;
      case 'readFailure': this.counts.readFailures += 1; break;
      case 'failed': [this.state, this.lastError] = ['failed', event.error.code]; break;
      case 'retrying':
        this.counts.reconnects += 1;
        this.#become('waiting');
        this.nextAttemptAt = event.nextAttemptAt;
        break;
      case 'recovered': this.downtimeMs += event.downtimeMs; break;
      case 'encoder': this.encoder = { name: event.encoder, hardware: event.hardware, reason: event.reason }; break;
      case 'stopped': this.#become('stopped'); break;
      case 'reset': this.#reset(); break;
      default:
    }
  }

  /** An immutable copy of the ledger. */
  snapshot(): Ledger {
    const { state, counts, dropped, places, resets, encoder } = this;
    return {
      state, counts: { ...counts }, dropped: { ...dropped }, places: { ...places },
      times: { read: this.read.snapshot(), process: this.process.snapshot(), write: this.write.snapshot(), latency: this.latency.snapshot() },
      frameBytes: this.frameBytes, width: this.width, height: this.height, resets, downtimeMs: this.downtimeMs,
      ...(this.nextAttemptAt !== undefined && { nextAttemptAt: this.nextAttemptAt }),
      ...(this.lastError !== undefined && { lastError: this.lastError }),
      ...(encoder !== undefined && { encoder }), ...(this.codec !== undefined && { codec: this.codec }),
    };
  }

  #become(state: CameraState): void {
    this.state = state;
    this.nextAttemptAt = undefined;
  }

  #unchanged(frames: number): void {
    this.counts.diff += frames;
    this.counts.bytesSaved += this.frameBytes * frames;
  }

  #enter(to: Place, frames: number): void {
    this.places[to] += frames;
    this.inFlight += frames;
  }

  #leave(from: Place, frames: number): void {
    this.places[from] -= frames;
    this.inFlight -= frames;
  }

  #reset(): void {
    Object.assign(this.counts, EMPTY_LEDGER.counts);
    this.counts.captured = PLACES.reduce((sum, place) => sum + this.places[place], 0);
    for (const cause of DROP_CAUSES) this.dropped[cause] = 0;
    this.droppedTotal = this.returnedTotal = 0;
    for (const durations of [this.read, this.process, this.write, this.latency]) durations.clear();
    this.resets += 1;
    this.downtimeMs = 0;
  }
}
