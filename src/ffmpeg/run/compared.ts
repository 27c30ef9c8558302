/**
 * Makes events of compared pictures. The facts arrive through three pipes: heartbeats, lines on stderr, and the pictures
 * themselves. Events of a picture are emitted in this order: `captured`, then `unchanged` if it is, otherwise its
 * output.
 */
import type { EngineEvent, EngineOutput } from '../../core/engine/engine.js';
import type { ChangeRule } from '../../core/pictures/change-detector.js';
import { THUMBNAIL } from '../../core/steps/index.js';
import { type Form, type PictureReader, outputOf } from './pictures.js';
import type { NutPacket, NutStream } from '../nut/index.js';
import type { PictureLine } from '../command/index.js';

/** The result of comparing a picture. */
interface Judgement { readonly pts: number; readonly unchanged: boolean }

export class ComparedPictures implements PictureReader {
  #capturedPts = -1;
  #keptPts = -1;
  readonly #judgements: Judgement[] = [];
  readonly #outputs: EngineOutput[] = [];
  readonly #lines = new Lines();
  readonly #likeness: Likeness | undefined;

  constructor(readonly form: Form, rule: ChangeRule, readonly mostEarly = Infinity) {
    this.#likeness = rule.references ? new Likeness() : undefined;
  }

  heartbeat(pts: number, thumbnail: Buffer): readonly EngineEvent[] {
    this.#capturedPts = pts;
    this.#likeness?.add(pts, thumbnail);
    return this.#withDue([{ type: 'captured', pts }]);
  }

  line(line: PictureLine): readonly EngineEvent[] {
    this.#judgements.push(...(line.kind === 'seen' ? this.#lines.seen(line.pts) : this.#lines.kept(line.pts)));
    return this.#withDue([]);
  }

  packet(packet: NutPacket, stream: NutStream): readonly EngineEvent[] {
    this.#outputs.push(outputOf(packet, stream, this.form));
    const events = this.#withDue([]);
    return this.#outputs.length > this.mostEarly ? [...events, ...this.#outputs.splice(0, 1)] : events;
  }

  end(): readonly EngineEvent[] {
    return this.line({ kind: 'seen', pts: Infinity });
  }

  #withDue(events: EngineEvent[]): EngineEvent[] {
    this.#moveOutputs(events);
    for (let next = this.#judgements[0]; next !== undefined && next.pts <= this.#capturedPts; next = this.#judgements[0]) {
      this.#judgements.shift();
      events.push(...this.#judged(next));
      this.#moveOutputs(events);
    }
    return events;
  }

  #moveOutputs(events: EngineEvent[]): void {
    for (let next = this.#outputs[0]; next !== undefined && next.pts <= this.#keptPts; next = this.#outputs[0]) {
      this.#outputs.shift();
      events.push(next);
    }
  }

  #judged({ pts, unchanged }: Judgement): EngineEvent[] {
    const similarity = this.#likeness?.judged(pts, unchanged);
    if (unchanged) return [{ type: 'unchanged', pts, ...(similarity !== undefined && { similarity }) }];
    this.#keptPts = pts;
    return [];
  }
}

/** The two lines of a picture arrive in any order; those of the next picture come after both. */
class Lines {
  #seen: number | undefined;
  #kept: number | undefined;

  seen(pts: number): Judgement[] {
    const before = this.#settle(pts);
    this.#seen = pts;
    return before;
  }

  kept(pts: number): Judgement[] {
    const before = this.#settle(pts);
    this.#kept = pts;
    return [...before, { pts, unchanged: false }];
  }

  #settle(next: number): Judgement[] {
    const pts = this.#seen;
    if (pts === undefined || pts >= next) return [];
    this.#seen = undefined;
    return pts === this.#kept ? [] : [{ pts, unchanged: true }];
  }
}

/** Similarity of thumbnails, by their luma, which is first in their bytes. */
class Likeness {
  readonly #thumbnails = new Map<number, Buffer>();
  #reference: Buffer | undefined;

  add(pts: number, thumbnail: Buffer): void {
    this.#thumbnails.set(pts, Buffer.from(thumbnail.subarray(0, THUMBNAIL.width * THUMBNAIL.height)));
  }

  /** Pictures are judged in order: all up to this one can be forgotten, except the last one kept. */
  judged(pts: number, unchanged: boolean): number | undefined {
    const thumbnail = this.#thumbnails.get(pts);
    for (const one of this.#thumbnails.keys()) {
      if (one > pts) break;
      this.#thumbnails.delete(one);
    }
    const reference = this.#reference;
    if (!unchanged) this.#reference = thumbnail;
    return unchanged && thumbnail !== undefined && reference !== undefined ? likeness(thumbnail, reference) : undefined;
  }
}

function likeness(a: Buffer, b: Buffer): number {
  let sum = 0;
  for (const [index, value] of a.entries()) sum += Math.abs(value - (b[index] ?? 0));
  return 1 - sum / (255 * a.length);
}
