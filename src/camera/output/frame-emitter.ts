/** Turns an engine's output into the values that users get, groups them into chunks if the plan has chunks, and emits them. */
import type { Subscriber } from 'rxjs';
import type { ChangeRule } from '../../core/pictures/change-detector.js';
import { type Chunk, type UnitStep, ruleOf } from '../../core/steps/index.js';
import { OUTBOX } from '../../core/defaults/defaults.js';
import type { EngineOutput } from '../../core/engine/engine.js';
import type { DropCause } from '../../core/events.js';
import type { Codec, EncodedFrame, Frame } from '../../core/frame/frame.js';
import { COPY, type Plan, changeRule, unitStep } from '../../core/plan/plan.js';
import { FrameTracker, passOn } from '../../ledger/index.js';
import { type ChunkPart, type EncoderFacts, type KeptPicture, accessUnit, joinChunk, rawFrame, referenceTo } from './values.js';

/** A keyframe is forced up to half a millisecond before its time. */
const KEYFRAME_TOLERANCE_US = 500;

export class FrameEmitter {
  #chunkParts: ChunkPart[] = [];
  #chunkBytes = 0;
  #encoder = '';
  #facts: EncoderFacts | undefined;
  /** The last access unit, if unchanged pictures refer to it. */
  #lastFull: EncodedFrame | undefined;
  /** Whether copied access units can be decoded: a keyframe has arrived, in this attempt or in one that it continues. */
  #hasKeyframe: boolean;
  /** `capturedAt` of the last keyframe. */
  keyframeAt: number | undefined;
  readonly #step: UnitStep | undefined;
  readonly #unchanged: ChangeRule | undefined;

  /**
   * @param isResumed - whether the output continues that of the attempt before, as for a file that is resumed
   * @param onEmit - called with each value before it is emitted
   */
  constructor(
    readonly subscriber: Subscriber<Frame | EncodedFrame>, plan: Plan, isResumed = false, readonly onEmit?: (value: Frame | EncodedFrame) => void,
  ) {
    this.#step = unitStep(plan);
    this.#unchanged = changeRule(plan);
    this.#hasKeyframe = isResumed;
  }

  /** The encoder that the engine reports. A change starts a new GOP, so it ends the chunk in progress. */
  set encoder(name: string) {
    if (name !== this.#encoder) this.flush();
    this.#encoder = name;
    this.#facts = undefined;
  }

  /** Whether the output is the source's own access units, in decoding order. */
  get isCopy(): boolean {
    return this.#encoder === COPY;
  }

  push(kept: KeptPicture, output: EngineOutput): void {
    if (this.#step === undefined) this.#emit(rawFrame(kept, output), kept.tracker);
    else this.#encoded(this.#step, kept, output);
  }

  /** Emits a reference to the last full picture in place of an unchanged one, if the plan has references; otherwise skips it. */
  unchanged(kept: KeptPicture, similarity: number | undefined): void {
    const { tracker } = kept;
    const full = this.#lastFull;
    if (full === undefined || similarity === undefined || this.#unchanged === undefined) {
      tracker.skip('unchanged');
      return;
    }
    const reference = referenceTo(full, kept, { similarity, threshold: this.#unchanged.threshold }, this.keyframeAt);
    tracker.replaceByReference('handover');
    this.#pass(reference, tracker);
  }

  /** Emits the chunk in progress. It starts at a keyframe, so it can be decoded alone. */
  flush(): void {
    const parts = this.#takeChunk();
    if (parts.length > 0) this.#emit(joinChunk(parts), new FrameTracker(parts.flatMap((part) => [...part.kept.tracker.records])));
  }

  /** Drops the chunk in progress. */
  drop(cause: DropCause): void {
    for (const part of this.#takeChunk()) part.kept.tracker.drop(cause);
  }

  #takeChunk(): ChunkPart[] {
    const parts = this.#chunkParts;
    this.#chunkParts = [];
    this.#chunkBytes = 0;
    return parts;
  }

  #encoded(step: UnitStep, kept: KeptPicture, output: EngineOutput): void {
    const { width, height, data, keyframe } = output;
    this.#hasKeyframe ||= keyframe;
    if (this.isCopy && !this.#hasKeyframe) {
      kept.tracker.drop('gop');
      return;
    }
    const encodeMs = kept.tracker.ageMs();
    const facts = { codec: output.format as Codec, bytes: data.length, keyframe, width, height };
    kept.tracker.encoded(facts, step.chunk === undefined ? 'handover' : 'encoder', encodeMs);
    if (keyframe) this.keyframeAt = kept.origin.capturedAt;
    const unit = accessUnit(kept, output, this.#encoderFacts(step), { encodeMs, keyframeAt: this.keyframeAt });
    if (this.#unchanged?.references === true) this.#lastFull = unit;
    if (step.chunk === undefined) this.#emit(unit, kept.tracker);
    else this.#collect(step, step.chunk, { kept, unit });
  }

  /** Rebuilt only when the encoder changes. */
  #encoderFacts(step: UnitStep): EncoderFacts {
    this.#facts ??= { encoder: this.#encoder, mode: step.mode, ...(!this.isCopy && ruleOf(step).setting(step)) };
    return this.#facts;
  }

  #collect(step: UnitStep, chunk: Chunk, part: ChunkPart): void {
    if (part.unit.keyframe && isChunkComplete(chunk, this.#chunkParts, part, this.isCopy)) this.flush();
    // The subscriber may have unsubscribed on that chunk.
    if (this.subscriber.closed) { part.kept.tracker.drop('stopped'); return; }
    this.#chunkParts.push(part);
    this.#chunkBytes += part.unit.data.length;
    if (this.isCopy) this.#limitChunk();
    else if (this.#chunkParts.length >= maxFrames(chunk, step)) this.flush();
  }

  /** Drops a chunk that is too large for an outbox, and the frames that depend on it: a source may send no keyframe for minutes. */
  #limitChunk(): void {
    if (this.#chunkBytes <= OUTBOX.maxBytes) return;
    this.drop('too-large');
    this.#hasKeyframe = false;
  }

  #emit(value: Frame | EncodedFrame, tracker: FrameTracker): void {
    tracker.move('handover');
    this.#pass(value, tracker);
  }

  #pass(value: Frame | EncodedFrame, tracker: FrameTracker): void {
    this.onEmit?.(value);
    passOn(value, tracker, this.subscriber);
  }
}

/** Maximum number of frames in a chunk. An encoder starts a GOP after it; a source may not. */
function maxFrames(chunk: Chunk, step: UnitStep): number {
  if (chunk === 'gop') return ruleOf(step).gop(step);
  return 'frames' in chunk ? chunk.frames : Infinity;
}

/** Whether the chunk ends before this keyframe. */
function isChunkComplete(chunk: Chunk, parts: readonly ChunkPart[], next: ChunkPart, isCopy: boolean): boolean {
  const first = parts[0];
  if (first === undefined) return false;
  if (chunk === 'gop') return true;
  if ('frames' in chunk) return !isCopy || parts.length >= chunk.frames;
  return next.unit.pts - first.unit.pts >= chunk.ms * 1000 - KEYFRAME_TOLERANCE_US;
}
