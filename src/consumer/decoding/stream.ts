/** Decodes the messages of one camera and key, with one decoder at a time; each picture gets the facts of its message. */
import { Subject, Subscription } from 'rxjs';
import type { FrameTracker } from '../../ledger/index.js';
import { type DecodeSink, PendingMessages } from './pending-messages.js';
import { type Decodable, type HeldMessage, unitsOf } from './message.js';
import { StepQueue } from '../step-queue.js';
import { Timeline } from './timeline.js';
import type { Decoder, DecoderUnit, PictureForm } from '../../core/engine/decoder.js';
import { DecodeFailed, failureOf } from '../../core/errors/errors.js';
import type { PictureFacts } from '../../core/frame/picture-facts.js';
import type { Size } from '../../core/pictures/size.js';

/** A running decoder. */
interface Running extends Size {
  readonly codec: string;
  readonly rotation: number;
  readonly units: Subject<DecoderUnit>;
  isReady: boolean;
  isEnding: boolean;
}

/** Number of consecutive decoder failures, without a picture in between, after which the stream fails. */
const MAX_FAILURES = 3;

export class DecodeStream {
  readonly #waiting = new StepQueue<HeldMessage>((next) => this.#step(next), () => { this.#drained(); });
  readonly #inside: PendingMessages;
  readonly #timeline = new Timeline();
  readonly #work = new Subscription();
  #running: Running | undefined;
  #isSynced = false;
  #failures = 0;
  #hasFailed = false;

  constructor(readonly decoder: Decoder, readonly form: PictureForm, readonly sink: DecodeSink) {
    this.#inside = new PendingMessages(sink);
  }

  push(message: Decodable, tracker: FrameTracker): void {
    this.#waiting.push({ message, tracker });
  }

  /** Ends the input. */
  end(): void {
    this.#waiting.end();
  }

  stop(): void {
    this.#work.unsubscribe();
  }

  /** Called when the last message has been processed. */
  #drained(): void {
    const running = this.#current();
    if (running === undefined) this.sink.complete();
    else this.#finish(running);
  }

  /** Processes the next message; returns false if that is not possible now. */
  #step({ message, tracker }: HeldMessage): boolean {
    if (message.referenceOrder !== undefined) {
      this.#waiting.shift();
      this.#inside.follow(message, tracker);
      return true;
    }
    const refusal = this.#refusal(message);
    if (refusal !== undefined) {
      this.#waiting.shift();
      tracker.deliver();
      this.sink.undecoded(message, 1, refusal);
      return true;
    }
    if (this.#needsNoDecoder(message)) return this.#pass(message, tracker);
    if (this.#running === undefined) this.#start(message);
    const running = this.#current();
    // It failed at once: the next message starts another decoder.
    if (running === undefined) return !this.#hasFailed;
    if (!fits(running, message)) {
      this.#finish(running);
      return this.#current() === undefined;
    }
    if (!running.isReady || running.isEnding) return false;
    this.#waiting.shift();
    this.#feed(running, message, tracker);
    return true;
  }

  /** Whether a message is a JPEG picture that can be emitted unchanged. */
  #needsNoDecoder({ codec, width, height, rotation = 0, hidden = 0 }: Decodable): boolean {
    const { pixelFormat, size } = this.form;
    if (pixelFormat !== 'jpeg' || codec !== 'jpeg' || rotation !== 0 || hidden > 0 || width === undefined || height === undefined) return false;
    return width <= (size?.width ?? Infinity) && height <= (size?.height ?? Infinity);
  }

  /** Emits a message unchanged, after all pictures of the running decoder. */
  #pass(message: Decodable, tracker: FrameTracker): boolean {
    const running = this.#current();
    if (running !== undefined) this.#finish(running);
    if (this.#current() !== undefined) return false;
    this.#waiting.shift();
    this.#inside.pass(message, tracker);
    return true;
  }

  /** Reads the field again, because a decoder may end while it starts or gets data. */
  #current(): Running | undefined {
    return this.#running;
  }

  /** Why a message is left out; undefined if it is not. */
  #refusal({ codec, keyframe, mode, decodable, data }: Decodable): string | undefined {
    if (codec === undefined) return 'the message does not state its codec';
    if (data.length === 0) return 'the message is empty';
    if (decodable === false) { this.#isSynced = false; return 'an earlier message is missing'; }
    const isAlone = codec === 'jpeg' || mode === 'frame' || keyframe !== false;
    if (!isAlone && !this.#isSynced) return 'there was no keyframe before it';
    this.#isSynced = true;
    return undefined;
  }

  #start(message: Decodable): void {
    const { codec = 'h265', width = 0, height = 0, rotation = 0 } = message;
    const running: Running = { codec, rotation, width, height, units: new Subject(), isReady: false, isEnding: false };
    this.#running = running;
    const input = {
      codec, rotation, ...sizeOr({ width, height }), units$: running.units,
      ready: (yes: boolean) => { running.isReady = yes; if (yes) this.#waiting.run(); },
    };
    this.#work.add(this.decoder(input, this.form).subscribe({
      next: (picture) => {
        this.#failures = 0;
        this.#inside.decoded(picture);
      },
      error: (error: unknown) => { this.#failed(running, error); },
      complete: () => { this.#ended(running); },
    }));
  }

  #feed(running: Running, message: Decodable, tracker: FrameTracker): void {
    const units = unitsOf(message);
    const due = new Map<number, PictureFacts>();
    const isCounted = units.length > 1 && message.pictures?.length !== units.length;
    const timed = units.map(({ facts, data }, index): DecoderUnit => {
      const keyframe = index === 0 && message.keyframe !== false;
      const pts = this.#timeline.at(facts.pts, keyframe);
      due.set(pts, facts);
      return { pts, keyframe, data };
    });
    const hidden = new Set(timed.slice(0, message.hidden ?? 0).map(({ pts }) => pts));
    this.#inside.add({ message, tracker, due, hidden, isCounted, followers: [] });
    for (const unit of timed) running.units.next(unit);
  }

  /** Lets the decoder emit its remaining pictures and end. */
  #finish(running: Running): void {
    if (running.isEnding) return;
    running.isEnding = true;
    running.units.complete();
  }

  #ended(running: Running): void {
    if (this.#running === running) this.#running = undefined;
    this.#inside.giveUpAll();
    this.#waiting.run();
  }

  /** If a decoder dies, the messages inside it are lost; the next decoder begins at a keyframe. */
  #failed(running: Running, cause: unknown): void {
    const error = failureOf(cause, 'the decoder', {});
    if (this.#running === running) this.#running = undefined;
    this.#isSynced = false;
    this.#inside.giveUpAll(`the decoder failed: ${error.message}`);
    if (error.code === 'INVALID_OPTION' || ++this.#failures >= MAX_FAILURES) {
      const inRow = new DecodeFailed(`the decoder failed ${this.#failures} times in a row: ${error.message}`, { cause: error });
      this.#hasFailed = true;
      this.sink.error(error.code === 'INVALID_OPTION' ? error : inRow);
      return;
    }
    this.#waiting.run();
  }
}

function fits(running: Running, { codec, width = 0, height = 0, rotation = 0 }: Decodable): boolean {
  return running.codec === codec && running.rotation === rotation && running.width === width && running.height === height;
}

/** A message without a size is decoded too: the decoder reads the size from the bytes. */
function sizeOr({ width, height }: Size): Size {
  return { width: width > 0 ? width : 16, height: height > 0 ? height : 16 };
}
