/** The messages whose pictures the decoder has not emitted yet: matches each decoded picture to its message. */
import type { FrameTracker } from '../../ledger/index.js';
import type { DecodedPicture } from '../../core/engine/decoder.js';
import type { PictureFacts } from '../../core/frame/picture-facts.js';
import { type Decodable, type PendingMessage, firstPicture } from './pending-message.js';

/** Receives the result of each message. */
export interface DecodeSink {
  /** Called for each decoded picture. `tracker` is that of its message, and is passed only with the last picture of the message. */
  picture(message: Decodable, facts: PictureFacts, picture: Omit<DecodedPicture, 'pts'>, tracker: FrameTracker | undefined, isReference: boolean): void;
  /** Called for a message that could not be decoded, or for some pictures of it. */
  undecoded(message: Decodable, pictures: number, reason: string): void;
  error(error: unknown): void;
  /** Called when all messages have been processed. */
  complete(): void;
}

export class PendingMessages {
  readonly #entries: PendingMessage[] = [];
  /** The last picture, which references repeat. */
  #lastPicture: Omit<DecodedPicture, 'pts'> | undefined;

  constructor(readonly sink: DecodeSink) {}

  add(entry: PendingMessage): void {
    this.#entries.push(entry);
  }

  /** Adds a reference: the picture that it refers to is emitted again, after the picture itself. */
  addReference(message: Decodable, tracker: FrameTracker): void {
    const before = this.#entries.at(-1);
    if (before === undefined) this.#repeatLast(message, tracker);
    else before.references.push({ message, tracker });
  }

  #repeatLast(message: Decodable, tracker: FrameTracker): void {
    if (this.#lastPicture !== undefined) {
      this.sink.picture(message, firstPicture(message), this.#lastPicture, tracker, true);
      return;
    }
    tracker.deliver();
    this.sink.undecoded(message, 1, 'the picture that it refers to is missing');
  }

  /** Emits a message whose bytes are a picture in the requested format. */
  emitAsPicture(message: Decodable, tracker: FrameTracker): void {
    const { width = 0, height = 0, data } = message;
    this.#lastPicture = { width, height, data };
    this.sink.picture(message, firstPicture(message), this.#lastPicture, tracker, false);
  }

  /** Receives a picture from the decoder, and emits it with the facts of its message. */
  decoded({ pts, ...picture }: DecodedPicture): void {
    const entry = this.#entries.find((one) => one.expected.has(pts) || isWithin(one, pts));
    if (entry === undefined) {
      this.#lastPicture = picture;
      return;
    }
    this.#giveUpBefore(pts, entry);
    const expectedPts = entry.isMatchedByOrder ? entry.expected.keys().next().value : pts;
    const facts = expectedPts === undefined ? undefined : entry.expected.get(expectedPts);
    if (expectedPts === undefined || facts === undefined) return;
    entry.expected.delete(expectedPts);
    const isLast = entry.expected.size === 0;
    if (isLast) this.#entries.splice(this.#entries.indexOf(entry), 1);
    const isShown = !entry.hidden.has(expectedPts);
    if (isShown) this.#lastPicture = picture;
    if (isShown) this.sink.picture(entry.message, facts, picture, isLast ? entry.tracker : undefined, false);
    else if (isLast) entry.tracker.deliver();
    if (isLast) this.#repeatForReferences(entry);
  }

  /** Reports pictures before this one as undecoded: a decoder emits pictures in the order of their times. */
  #giveUpBefore(pts: number, next: PendingMessage): void {
    for (const entry of [...this.#entries]) {
      const late = entry === next && entry.isMatchedByOrder ? [] : [...entry.expected.keys()].filter((time) => time < pts);
      if (late.length === 0) continue;
      if (late.length === entry.expected.size) {
        this.#entries.splice(this.#entries.indexOf(entry), 1);
        this.#close(entry);
        continue;
      }
      for (const time of late) entry.expected.delete(time);
      this.sink.undecoded(entry.message, late.length, 'it could not be decoded');
    }
  }

  /** Reports the missing pictures of a message as undecoded. */
  #close(entry: PendingMessage, reason = 'it could not be decoded'): void {
    entry.tracker.deliver();
    if (entry.expected.size > 0) this.sink.undecoded(entry.message, entry.expected.size, reason);
    this.#repeatForReferences(entry);
  }

  #repeatForReferences({ references }: PendingMessage): void {
    for (const { message, tracker } of references) this.#repeatLast(message, tracker);
  }

  /** Called when the decoder has ended: reports all missing pictures. */
  giveUpAll(reason?: string): void {
    for (const entry of this.#entries.splice(0)) this.#close(entry, reason);
  }
}

/** Whether a time is between those of the first and the last expected picture: a decoder may shift times that are out of order. */
function isWithin({ expected, isMatchedByOrder }: PendingMessage, pts: number): boolean {
  if (!isMatchedByOrder || expected.size === 0) return false;
  const times = [...expected.keys()];
  return pts >= (times[0] as number) && pts <= (times.at(-1) as number) + times.length;
}
