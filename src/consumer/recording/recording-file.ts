/** One file of a recording, from its first message to its line in the index. */
import { type Observable, Subject, Subscription } from 'rxjs';
import { type Decodable, Timeline, type Unit, decodesAlone, pictureTime, unitsOf } from '../decoding/index.js';
import type { DecoderUnit } from '../../core/engine/decoder.js';
import type { ClosedReason, RecordClosed } from './recorded.js';

/** Assumed duration of the only picture of a file; µs. */
const ASSUMED_FRAME_US = 40_000;

export class RecordFile {
  readonly #units = new Subject<DecoderUnit>();
  /** The subscription to the muxer. */
  readonly work = new Subscription();
  readonly #timeline = new Timeline();
  /** Wall clock of the first picture, ms. */
  readonly from: number;
  /** Whether the muxer accepts another message. */
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

  /** The reason to end the file before a message; undefined if the message belongs to it. @param every - length of a period, ms */
  endBefore(message: Decodable, every: number): ClosedReason | undefined {
    const { codec, width, height, decodable, pts = 0 } = message;
    const { first } = this;
    if (codec !== first.codec || width !== first.width || height !== first.height || decodable === false) return 'changed';
    if (!decodesAlone(message)) return undefined;
    // A keyframe that is not later than the pictures in the file shows that the sender has restarted.
    if (pts <= this.#lastPts) return 'changed';
    return Math.floor(pictureTime(message) / every) === Math.floor(this.from / every) ? undefined : 'period';
  }

  /** Passes a message to the muxer. @returns the wall clock of its last picture, ms */
  write(message: Decodable): number {
    const units = unitsOf(message);
    for (const [index, unit] of units.entries()) this.#units.next(this.#timed(unit, index === 0 && decodesAlone(message)));
    this.pictures += units.length;
    this.#last = message;
    this.#to = units.at(-1)?.facts.capturedAt ?? pictureTime(message);
    return this.#to;
  }

  /** The report about the complete file. */
  closedReport(place: Pick<RecordClosed, 'topic' | 'key' | 'camera'>, bytes: number, error?: string): RecordClosed {
    const { codec = 'h265', width = 0, height = 0, inputOrder: firstOrder } = this.first;
    const durationMs = Math.round((this.#lastPts - (this.#startPts ?? 0) + this.#frameUs) / 1000);
    return {
      type: 'closed', ...place, file: this.path, codec, width, height, from: this.from, to: this.#to, durationMs, pictures: this.pictures, bytes,
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
