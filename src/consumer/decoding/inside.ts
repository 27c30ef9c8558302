/** What is in a decoder: messages whose pictures are still to come, and to which of them a picture belongs. */
import type { FrameTracker } from '../../ledger/index.js';
import type { DecodedPicture } from '../../core/engine/decoder.js';
import type { PictureFacts } from '../../core/frame/picture-facts.js';
import type { Decodable, Entry } from './message.js';

/** What becomes of the messages. */
export interface DecodeSink {
  /** A picture has come out. `ticket` is the message's, with its last picture. */
  picture(message: Decodable, facts: PictureFacts, picture: Omit<DecodedPicture, 'pts'>, ticket: FrameTracker | undefined, isReference: boolean): void;
  /** A message, or some of its pictures, gave no picture. */
  undecoded(message: Decodable, pictures: number, reason: string): void;
  error(error: unknown): void;
  /** All that came is out. */
  complete(): void;
}

export class Inside {
  readonly #entries: Entry[] = [];
  #last: Omit<DecodedPicture, 'pts'> | undefined;

  constructor(readonly sink: DecodeSink) {}

  add(entry: Entry): void {
    this.#entries.push(entry);
  }

  /** A picture that looks like the last full one: that one is given once more, behind it. */
  follow(message: Decodable, ticket: FrameTracker): void {
    const before = this.#entries.at(-1);
    if (before === undefined) this.#repeat(message, ticket);
    else before.followers.push({ message, ticket });
  }

  #repeat(message: Decodable, ticket: FrameTracker): void {
    if (this.#last !== undefined) {
      this.sink.picture(message, factsOf(message), this.#last, ticket, true);
      return;
    }
    ticket.deliver();
    this.sink.undecoded(message, 1, 'the picture that it refers to did not come');
  }

  /** A message whose bytes are the picture that is wanted. */
  pass(message: Decodable, ticket: FrameTracker): void {
    const { width = 0, height = 0, data } = message;
    this.#last = { width, height, data };
    this.sink.picture(message, factsOf(message), this.#last, ticket, false);
  }

  /** A picture has come out. */
  out({ pts, ...picture }: DecodedPicture): void {
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
    if (isShown) this.sink.picture(entry.message, facts, picture, isLast ? entry.ticket : undefined, false);
    else if (isLast) entry.ticket.deliver();
    if (isLast) this.#followed(entry);
  }

  /** Pictures come in the order of their times, whatever that of their messages: those before this one do not come any more. */
  #giveUpBefore(pts: number, next: Entry): void {
    for (const entry of [...this.#entries]) {
      const late = entry === next && entry.isCounted ? [] : [...entry.due.keys()].filter((time) => time < pts);
      if (late.length === 0) continue;
      if (late.length === entry.due.size) {
        this.#entries.splice(this.#entries.indexOf(entry), 1);
        this.#close(entry);
        continue;
      }
      for (const time of late) entry.due.delete(time);
      this.sink.undecoded(entry.message, late.length, 'it does not decode');
    }
  }

  /** What is still due of a message does not come. */
  #close(entry: Entry, reason = 'it does not decode'): void {
    entry.ticket.deliver();
    if (entry.due.size > 0) this.sink.undecoded(entry.message, entry.due.size, reason);
    this.#followed(entry);
  }

  #followed({ followers }: Entry): void {
    for (const { message, ticket } of followers) this.#repeat(message, ticket);
  }

  /** Nothing more comes out. */
  closeAll(reason?: string): void {
    for (const entry of this.#entries.splice(0)) this.#close(entry, reason);
  }
}

function factsOf({ seq = 0, pts = 0, capturedAt, timestamp }: Decodable): PictureFacts {
  return { seq, pts, capturedAt: capturedAt ?? timestamp };
}

/** Whether a time lies between the first and the last that are due: a decoder may shift those that are out of order. */
function isWithin({ due, isCounted }: Entry, pts: number): boolean {
  if (!isCounted || due.size === 0) return false;
  const times = [...due.keys()];
  return pts >= (times[0] as number) && pts <= (times.at(-1) as number) + times.length;
}
