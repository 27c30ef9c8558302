/**
 * Makes events of compared pictures. The facts about a picture arrive through three pipes: its heartbeat, its lines on stderr, and
 * the picture itself. Its events are emitted in this order: `captured`, then `unchanged` if it is, otherwise its output.
 */
import type { EngineEvent, EngineOutput } from '../../core/engine/engine.js';
import type { ChangeRule } from '../../core/pictures/change-detector.js';
import { THUMBNAIL } from '../../core/steps/index.js';
import { type OutputFormat, type PictureReader, outputOf } from './picture-events.js';
import type { NutPacket, NutStream } from '../nut/index.js';
import type { PictureLine } from '../command/index.js';

/** The result of comparing a picture. */
interface Comparison { readonly pts: number; readonly unchanged: boolean }

/** The events of a plan with `skipUnchanged`. */
export class ComparedPictures implements PictureReader {
  #capturedPts = -1;
  #keptPts = -1;
  readonly #comparisons: Comparison[] = [];
  readonly #outputs: EngineOutput[] = [];
  readonly #lines = new PictureLines();
  readonly #similarities: Similarities | undefined;

  constructor(readonly format: OutputFormat, rule: ChangeRule, readonly maxEarly = Infinity) {
    this.#similarities = rule.references ? new Similarities() : undefined;
  }

  heartbeat(pts: number, thumbnail: Buffer): readonly EngineEvent[] {
    this.#capturedPts = pts;
    this.#similarities?.add(pts, thumbnail);
    return this.#withDue([{ type: 'captured', pts }]);
  }

  line(line: PictureLine): readonly EngineEvent[] {
    this.#comparisons.push(...(line.kind === 'seen' ? this.#lines.seen(line.pts) : this.#lines.kept(line.pts)));
    return this.#withDue([]);
  }

  packet(packet: NutPacket, stream: NutStream): readonly EngineEvent[] {
    this.#outputs.push(outputOf(packet, stream, this.format));
    const events = this.#withDue([]);
    return this.#outputs.length > this.maxEarly ? [...events, ...this.#outputs.splice(0, 1)] : events;
  }

  end(): readonly EngineEvent[] {
    return this.line({ kind: 'seen', pts: Infinity });
  }

  /** Adds the events that are due: those whose facts have all arrived. */
  #withDue(events: EngineEvent[]): EngineEvent[] {
    this.#moveOutputs(events);
    for (let next = this.#comparisons[0]; next !== undefined && next.pts <= this.#capturedPts; next = this.#comparisons[0]) {
      this.#comparisons.shift();
      events.push(...this.#eventsOf(next));
      this.#moveOutputs(events);
    }
    return events;
  }

  /** Moves outputs of pictures that were kept. */
  #moveOutputs(events: EngineEvent[]): void {
    for (let next = this.#outputs[0]; next !== undefined && next.pts <= this.#keptPts; next = this.#outputs[0]) {
      this.#outputs.shift();
      events.push(next);
    }
  }

  #eventsOf({ pts, unchanged }: Comparison): EngineEvent[] {
    const similarity = this.#similarities?.similarityTo(pts, unchanged);
    if (unchanged) return [{ type: 'unchanged', pts, ...(similarity !== undefined && { similarity }) }];
    this.#keptPts = pts;
    return [];
  }
}

/** Pairs the two lines of a picture. They arrive in any order, but before those of the next picture. */
class PictureLines {
  #seen: number | undefined;
  #kept: number | undefined;

  seen(pts: number): Comparison[] {
    const before = this.#settle(pts);
    this.#seen = pts;
    return before;
  }

  kept(pts: number): Comparison[] {
    const before = this.#settle(pts);
    this.#kept = pts;
    return [...before, { pts, unchanged: false }];
  }

  #settle(next: number): Comparison[] {
    const pts = this.#seen;
    if (pts === undefined || pts >= next) return [];
    this.#seen = undefined;
    return pts === this.#kept ? [] : [{ pts, unchanged: true }];
  }
}

/** Similarity of pictures to the last one kept, by the luma of their thumbnails, which is first in their bytes. */
class Similarities {
  readonly #thumbnails = new Map<number, Buffer>();
  #reference: Buffer | undefined;

  add(pts: number, thumbnail: Buffer): void {
    this.#thumbnails.set(pts, Buffer.from(thumbnail.subarray(0, THUMBNAIL.width * THUMBNAIL.height)));
  }

  /**
   * The similarity of a picture that was compared; undefined if it was kept. Pictures are compared in order, so the thumbnails up to
   * this one are removed, except that of the last one kept.
   */
  similarityTo(pts: number, unchanged: boolean): number | undefined {
    const thumbnail = this.#thumbnails.get(pts);
    for (const one of this.#thumbnails.keys()) {
      if (one > pts) break;
      this.#thumbnails.delete(one);
    }
    const reference = this.#reference;
    if (!unchanged) this.#reference = thumbnail;
    return unchanged && thumbnail !== undefined && reference !== undefined ? similarityOf(thumbnail, reference) : undefined;
  }
}

/** 0 to 1, which means equal. */
function similarityOf(a: Buffer, b: Buffer): number {
  let sum = 0;
  for (const [index, value] of a.entries()) sum += Math.abs(value - (b[index] ?? 0));
  return 1 - sum / (255 * a.length);
}
