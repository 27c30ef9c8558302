/** One file of a recording, from its first message to its line in the index. */
import { type Observable, Subject, Subscription } from 'rxjs';
import { type Decodable, Timeline, type Unit, unitsOf } from '../decoding/index.js';
import type { DecoderUnit } from '../../core/engine/decoder.js';
import type { ClosedReason, RecordClosed } from './events.js';

/** Assumed length of a picture without a next one; µs. */
const ASSUMED_FRAME_US = 40_000;

export class RecordFile {
  readonly #units = new Subject<DecoderUnit>();
  /** Ends the muxer. */
  readonly work = new Subscription();
  readonly #timeline = new Timeline();
  readonly from: number;
  isReady = false;
  reason: ClosedReason = 'ended';
  pictures = 0;
  #to: number;
  #last: Decodable;
  #startPts: number | undefined;
  #lastPts = -Infinity;
  #frameUs = ASSUMED_FRAME_US;

  constructor(readonly folder: string, readonly name: string, readonly first: Decodable) {
    this.from = pictureTime(first);
    this.#to = this.from;
    this.#last = first;
  }

  get path(): string {
    return `${this.folder}/${this.name}`;
  }

  /** Access units for the muxer; completes after the last. */
  get units$(): Observable<DecoderUnit> {
    return this.#units.asObservable();
  }

  /** Ends the file. */
  complete(): void {
    this.#units.complete();
  }

  /** Why the file ends before a message; undefined if the message belongs to it. @param every - length of a period, ms */
  endBefore(message: Decodable, every: number): ClosedReason | undefined {
    const { codec, width, height, decodable, pts = 0 } = message;
    const { first } = this;
    if (codec !== first.codec || width !== first.width || height !== first.height || decodable === false) return 'changed';
    if (!canBeginFile(message)) return undefined;
    // A keyframe that is not later than those in the file: the sender has restarted.
    if (pts <= this.#lastPts) return 'changed';
    return Math.floor(pictureTime(message) / every) === Math.floor(this.from / every) ? undefined : 'period';
  }

  /** @returns wall clock of the message's last picture, ms */
  write(message: Decodable): number {
    const units = unitsOf(message);
    for (const [index, unit] of units.entries()) this.#units.next(this.#timed(unit, index === 0 && canBeginFile(message)));
    this.pictures += units.length;
    this.#last = message;
    this.#to = units.at(-1)?.facts.capturedAt ?? pictureTime(message);
    return this.#to;
  }

  /** The report about the complete file. */
  closed(of: Pick<RecordClosed, 'topic' | 'key' | 'camera'>, bytes: number, error?: string): RecordClosed {
    const { codec = 'h265', width = 0, height = 0, inputOrder: firstOrder } = this.first;
    const durationMs = Math.round((this.#lastPts - (this.#startPts ?? 0) + this.#frameUs) / 1000);
    return {
      type: 'closed', ...of, file: this.path, codec, width, height, from: this.from, to: this.#to, durationMs, pictures: this.pictures, bytes,
      firstOrder, lastOrder: this.#last.inputOrder, reason: this.reason, ...(error !== undefined && { error }),
    };
  }

  #timed({ facts, data }: Unit, keyframe: boolean): DecoderUnit {
    this.#startPts ??= facts.pts;
    if (facts.pts > this.#lastPts) {
      if (Number.isFinite(this.#lastPts)) this.#frameUs = facts.pts - this.#lastPts;
      this.#lastPts = facts.pts;
    }
    return { pts: this.#timeline.at(facts.pts - this.#startPts, keyframe), keyframe, data };
  }
}

/** Whether a file can begin with a message: only with a keyframe. */
export function canBeginFile({ codec, mode, keyframe }: Decodable): boolean {
  return codec === 'jpeg' || mode === 'frame' || keyframe !== false;
}

/** Wall clock of a message's first picture, in ms since 1970. */
export function pictureTime({ capturedAt, timestamp }: Decodable): number {
  return capturedAt ?? timestamp;
}
