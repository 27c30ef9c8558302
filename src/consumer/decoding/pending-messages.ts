/** The messages inside a decoder: matches each decoded picture to its message. */
import type { FrameTracker } from '../../ledger/index.js';
import type { DecodedPicture } from '../../core/engine/decoder.js';
import type { PictureFacts } from '../../core/frame/picture-facts.js';
import type { Decodable, DecodedMessage } from './message.js';

/** Receives the result of each message. */
export interface DecodeSink {
  /** A decoded picture. `tracker` is the message's, and is passed only with the last picture of the message. */
  picture(message: Decodable, facts: PictureFacts, picture: Omit<DecodedPicture, 'pts'>, tracker: FrameTracker | undefined, isReference: boolean): void;
  /** A message, or some of its access units, could not be decoded. */
  undecoded(message: Decodable, pictures: number, reason: string): void;
  error(error: unknown): void;
  /** All messages have been processed. */
  complete(): void;
}

export class PendingMessages {
  readonly #entries: DecodedMessage[] = [];
  #last: Omit<DecodedPicture, 'pts'> | undefined;

  constructor(readonly sink: DecodeSink) {}

  add(entry: DecodedMessage): void {
    this.#entries.push(entry);
  }

  /** Adds a reference: the picture that it refers to is emitted once more, after it. */
  follow(message: Decodable, tracker: FrameTracker): void {
    const before = this.#entries.at(-1);
    if (before === undefined) this.#repeat(message, tracker);
    else before.followers.push({ message, tracker });
  }

  #repeat(message: Decodable, tracker: FrameTracker): void {
    if (this.#last !== undefined) {
      this.sink.picture(message, factsOf(message), this.#last, tracker, true);
      return;
    }
    tracker.deliver();
    this.sink.undecoded(message, 1, 'the picture that it refers to is missing');
  }

  /** Emits a message whose bytes are a picture in the requested format. */
  pass(message: Decodable, tracker: FrameTracker): void {
    const { width = 0, height = 0, data } = message;
    this.#last = { width, height, data };
    this.sink.picture(message, factsOf(message), this.#last, tracker, false);
  }

  /** Receives a picture from the decoder, and emits it with the facts of its message. */
  decoded({ pts, ...picture }: DecodedPicture): void {
    const entry = this.#entries.find((one) => one.due.has(pts) || isWithin(one, pts));
    if (entry === undefined) {
      this.#last = picture;
      return;
    }
    this.#giveUpBefore(pts, entry);
    const own = entry.isCounted ? entry.due.keys().next().value : pts;
    const facts = own === undefined ? undefined : entry.due.get(own);
    if (own === undefined || facts === undefined) return;
    entry.due.delete(own);
    const isLast = entry.due.size === 0;
    if (isLast) this.#entries.splice(this.#entries.indexOf(entry), 1);
    const isShown = !entry.hidden.has(own);
    if (isShown) this.#last = picture;
    if (isShown) this.sink.picture(entry.message, facts, picture, isLast ? entry.tracker : undefined, false);
    else if (isLast) entry.tracker.deliver();
    if (isLast) this.#followed(entry);
  }

  /** A decoder emits pictures in the order of their times: those before this one will no longer be emitted. */
  #giveUpBefore(pts: number, next: DecodedMessage): void {
    for (const entry of [...this.#entries]) {
      const late = entry === next && entry.isCounted ? [] : [...entry.due.keys()].filter((time) => time < pts);
      if (late.length === 0) continue;
      if (late.length === entry.due.size) {
        this.#entries.splice(this.#entries.indexOf(entry), 1);
        this.#close(entry);
        continue;
      }
      for (const time of late) entry.due.delete(time);
      this.sink.undecoded(entry.message, late.length, 'it could not be decoded');
    }
  }

  /** Reports the missing pictures of a message as undecoded. */
  #close(entry: DecodedMessage, reason = 'it could not be decoded'): void {
    entry.tracker.deliver();
    if (entry.due.size > 0) this.sink.undecoded(entry.message, entry.due.size, reason);
    this.#followed(entry);
  }

  #followed({ followers }: DecodedMessage): void {
    for (const { message, tracker } of followers) this.#repeat(message, tracker);
  }

  /** Called when the decoder has ended: reports all missing pictures. */
  giveUpAll(reason?: string): void {
    for (const entry of this.#entries.splice(0)) this.#close(entry, reason);
  }
}

function factsOf({ seq = 0, pts = 0, capturedAt, timestamp }: Decodable): PictureFacts {
  return { seq, pts, capturedAt: capturedAt ?? timestamp };
}

/** Whether a time is between those of the first and the last expected picture: a decoder may shift times that are out of order. */
function isWithin({ due, isCounted }: DecodedMessage, pts: number): boolean {
  if (!isCounted || due.size === 0) return false;
  const times = [...due.keys()];
  return pts >= (times[0] as number) && pts <= (times.at(-1) as number) + times.length;
}
