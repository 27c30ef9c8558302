/** Decodes the messages of one topic, key and camera, with one decoder at a time; each picture gets the facts of its message. */
import { Subject, Subscription } from 'rxjs';
import type { FrameTracker } from '../../ledger/index.js';
import { type DecodeSink, PendingMessages } from './pending-messages.js';
import { type Decodable, type HeldMessage, decodesAlone, unitsOf } from './pending-message.js';
import { StepQueue } from '../step-queue.js';
import { Timeline } from './timeline.js';
import type { Decoder, DecoderUnit, PictureForm } from '../../core/engine/decoder.js';
import { DecodeFailed, failureOf } from '../../core/errors/errors.js';
import type { PictureFacts } from '../../core/frame/picture-facts.js';
import type { Size } from '../../core/pictures/size.js';

/** A running decoder. */
interface RunningDecoder extends Size {
  readonly codec: string;
  readonly rotation: number;
  readonly units: Subject<DecoderUnit>;
  isReady: boolean;
  isEnding: boolean;
}

/** Failures of the decoder in a row, without a picture in between, that end the stream. */
const MAX_FAILURES = 3;
/** Stated to the decoder for a message without a size; pixels. */
const ASSUMED_SIDE = 16;

export class DecodeStream {
  readonly #waiting = new StepQueue<HeldMessage>((next) => this.#step(next), () => { this.#drained(); });
  readonly #pending: PendingMessages;
  readonly #timeline = new Timeline();
  readonly #work = new Subscription();
  #running: RunningDecoder | undefined;
  #hasKeyframe = false;
  #failures = 0;
  #hasFailed = false;

  /** @param form - of the pictures: pixel format or JPEG, and size */
  constructor(readonly decoder: Decoder, readonly form: PictureForm, readonly sink: DecodeSink) {
    this.#pending = new PendingMessages(sink);
  }

  push(message: Decodable, tracker: FrameTracker): void {
    this.#waiting.push({ message, tracker });
  }

  /** Ends the input. */
  end(): void {
    this.#waiting.end();
  }

  /** Ends the decoder; its pictures are lost. */
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
      this.#pending.addReference(message, tracker);
      return true;
    }
    const refusal = this.#refusal(message);
    if (refusal !== undefined) {
      this.#waiting.shift();
      tracker.deliver();
      this.sink.undecoded(message, 1, refusal);
      return true;
    }
    if (this.#needsNoDecoder(message)) return this.#emitAsPicture(message, tracker);
    if (this.#running === undefined) this.#start(message);
    const running = this.#current();
    // The decoder has failed at once: the next message starts another one, unless the stream has failed.
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
  #emitAsPicture(message: Decodable, tracker: FrameTracker): boolean {
    const running = this.#current();
    if (running !== undefined) this.#finish(running);
    if (this.#current() !== undefined) return false;
    this.#waiting.shift();
    this.#pending.emitAsPicture(message, tracker);
    return true;
  }

  /** The decoder that runs now. A method, because a decoder may end within a call to it, which TypeScript does not consider. */
  #current(): RunningDecoder | undefined {
    return this.#running;
  }

  /** The reason to leave a message out; undefined if there is none. */
  #refusal(message: Decodable): string | undefined {
    if (message.codec === undefined) return 'the message does not state its codec';
    if (message.data.length === 0) return 'the message is empty';
    if (message.decodable === false) { this.#hasKeyframe = false; return 'an earlier message is missing'; }
    if (!this.#hasKeyframe && !decodesAlone(message)) return 'there was no keyframe before it';
    this.#hasKeyframe = true;
    return undefined;
  }

  #start(message: Decodable): void {
    const { codec = 'h265', width = 0, height = 0, rotation = 0 } = message;
    const running: RunningDecoder = { codec, rotation, width, height, units: new Subject(), isReady: false, isEnding: false };
    this.#running = running;
    const input = {
      codec, rotation, ...sizeOrAssumed({ width, height }), units$: running.units,
      ready: (yes: boolean) => { running.isReady = yes; if (yes) this.#waiting.run(); },
    };
    this.#work.add(this.decoder(input, this.form).subscribe({
      next: (picture) => {
        this.#failures = 0;
        this.#pending.decoded(picture);
      },
      error: (error: unknown) => { this.#failed(running, error); },
      complete: () => { this.#ended(running); },
    }));
  }

  #feed(running: RunningDecoder, message: Decodable, tracker: FrameTracker): void {
    const units = unitsOf(message);
    const expected = new Map<number, PictureFacts>();
    const isMatchedByOrder = units.length > 1 && message.pictures?.length !== units.length;
    const timed = units.map(({ facts, data }, index): DecoderUnit => {
      const keyframe = index === 0 && message.keyframe !== false;
      const pts = this.#timeline.at(facts.pts, keyframe);
      expected.set(pts, facts);
      return { pts, keyframe, data };
    });
    const hidden = new Set(timed.slice(0, message.hidden ?? 0).map(({ pts }) => pts));
    this.#pending.add({ message, tracker, expected, hidden, isMatchedByOrder, references: [] });
    for (const unit of timed) running.units.next(unit);
  }

  /** Lets the decoder emit its remaining pictures and end. */
  #finish(running: RunningDecoder): void {
    if (running.isEnding) return;
    running.isEnding = true;
    running.units.complete();
  }

  #ended(running: RunningDecoder): void {
    if (this.#running === running) this.#running = undefined;
    this.#pending.giveUpAll();
    this.#waiting.run();
  }

  /** Called when a decoder fails: the messages inside it are lost, and the next decoder begins at a keyframe. */
  #failed(running: RunningDecoder, cause: unknown): void {
    const error = failureOf(cause, 'the decoder', {});
    if (this.#running === running) this.#running = undefined;
    this.#hasKeyframe = false;
    this.#pending.giveUpAll(`the decoder failed: ${error.message}`);
    const isInvalid = error.code === 'INVALID_OPTION';
    if (!isInvalid && ++this.#failures < MAX_FAILURES) {
      this.#waiting.run();
      return;
    }
    this.#hasFailed = true;
    const reason = `the decoder failed ${this.#failures} times in a row: ${error.message}`;
    this.sink.error(isInvalid ? error : new DecodeFailed(reason, { cause: error }));
  }
}

/** Whether a running decoder can decode a message. */
function fits(running: RunningDecoder, { codec, width = 0, height = 0, rotation = 0 }: Decodable): boolean {
  return running.codec === codec && running.rotation === rotation && running.width === width && running.height === height;
}

/** The size, with an assumed one for a message that states none: the decoder reads the real one from the bytes. */
function sizeOrAssumed({ width, height }: Size): Size {
  return { width: width > 0 ? width : ASSUMED_SIDE, height: height > 0 ? height : ASSUMED_SIDE };
}
