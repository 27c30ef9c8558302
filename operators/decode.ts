/** decode: decodes received messages into pictures. */
import { Observable, type OperatorFunction, type Subscriber, Subscription } from 'rxjs';
import { z } from 'zod';
import { type FrameTracker, passOn, take } from '../src/ledger/index.js';
import { FRAME_RECORDS, type Accounted } from '../src/core/frame/accounted.js';
import { type Decodable, DecodeStream, Streams, isGap } from '../src/consumer/index.js';
import type { DecodedPicture, Decoder, PictureForm } from '../src/core/engine/decoder.js';
import { JPEG } from '../src/core/defaults/defaults.js';
import { ffmpegDecoder } from '../src/ffmpeg/index.js';
import { type Frame, PIXEL_FORMATS, type PixelFormat } from '../src/core/frame/frame.js';
import type { PictureFacts } from '../src/core/frame/picture-facts.js';
import { callback, jpegQuality, options, parseOptions } from '../src/core/options.js';

/** Options of {@link decode}. */
export interface DecodeConfig<F extends PixelFormat | 'jpeg' = PixelFormat | 'jpeg'> {
  /** Format of the pictures: one of ffmpeg's pixel formats, or `jpeg`. Default `yuv420p`. */
  readonly pixelFormat?: F | undefined;
  /** The largest width and height, in pixels, each 16 to 16384: the aspect is kept, and no picture is enlarged. Default: the size in the message. */
  readonly size?: { readonly width?: number | undefined; readonly height?: number | undefined } | undefined;
  /** For `jpeg`: quality, a whole number from 1 (worst) to 100. Default 80. */
  readonly quality?: number | undefined;
  /** Called for each message with pictures that could not be decoded, with their number and the reason. Default: none. */
  readonly onUndecoded?: ((message: Decodable, pictures: number, reason: string) => void) | undefined;
  /** The decoder. Default: ffmpeg; `rxcam/testing` has one without processes. */
  readonly decoder?: Decoder | undefined;
}

/** Facts from the message of a picture. */
export interface ReceivedFacts {
  /** Topic on Kafka, stream on Redis. */
  readonly topic: string;
  /** Key of the message, if it has one. */
  readonly key: string | undefined;
  /** 1, 2, 3 … for each camera, as the sender numbered its messages; undefined if the format has no numbers. */
  readonly inputOrder: number | undefined;
  /** Whether the sender found the picture unchanged: `data` is that of the last full picture. */
  readonly unchanged: boolean;
}

/** A decoded picture of a received message: a frame like those of a camera. */
export interface ReceivedFrame extends Frame, ReceivedFacts {}

/** A JPEG of a received message. */
export interface ReceivedJpeg extends Omit<Frame, 'pixelFormat'>, ReceivedFacts {
  /** The codec of `data`. */
  readonly codec: 'jpeg';
}

const side = () => z.number().int().min(16).max(16_384).optional();

const SCHEMA = options({
  pixelFormat: z.enum([...PIXEL_FORMATS, 'jpeg']).default('yuv420p'),
  size: options({ width: side(), height: side() })
    .refine((given) => given.width !== undefined || given.height !== undefined, { message: 'expected width, height or both' }).optional(),
  quality: jpegQuality().default(JPEG.quality),
  onUndecoded: callback<NonNullable<DecodeConfig['onUndecoded']>>().optional(),
  decoder: callback<Decoder>().optional(),
});

/**
 * Decodes received messages: each picture has the `seq`, `pts`, `capturedAt`, `camera` and `inputOrder` of its message.
 *
 * ```text
 * messages          -A-B---C-|       C: a chunk of two pictures
 * decode()          --a-b---cc|
 * ```
 *
 * One ffmpeg for each topic, key and camera decodes. It delays only pictures of streams with B-frames. A change of size or codec
 * starts another one. A message that can't be decoded (before the first keyframe, after a gap, damaged) gives no picture, and
 * `onUndecoded` is called. A reference to the last full picture emits that picture again, with `unchanged: true`. Gaps from
 * `verify` emit nothing. A message is acknowledged when its last picture is.
 *
 * - Error: the source's passes at once. A decoder that dies is replaced at the next keyframe; after three consecutive ones without
 *   a picture, the Observable fails with DecodeFailed.
 * - Completion: when the source has completed and all pictures are emitted.
 * - Unsubscription: ends the processes.
 *
 * @example
 * ```ts
 * subscribe(broker, { topic: 'video' }).pipe(verify(), decode({ pixelFormat: 'rgb24' }))
 * ```
 * @throws InvalidOption
 * @see verify
 */
export function decode(config: DecodeConfig<'jpeg'> & { readonly pixelFormat: 'jpeg' }): OperatorFunction<Decodable | { readonly verdict: 'gap' }, ReceivedJpeg>;
export function decode(config?: DecodeConfig<PixelFormat>): OperatorFunction<Decodable | { readonly verdict: 'gap' }, ReceivedFrame>;
export function decode(config: DecodeConfig = {}): OperatorFunction<Decodable | { readonly verdict: 'gap' }, ReceivedFrame | ReceivedJpeg> {
  const { decoder = ffmpegDecoder, onUndecoded, ...form } = parseOptions('decode', SCHEMA, config);
  return (source) => new Observable((subscriber) => {
    const decoding = new Decoding(decoder, form, onUndecoded, subscriber);
    const upstream = new Subscription();
    subscriber.add(upstream);
    // After the source is unsubscribed: releasing values makes room in the source, which would emit another one.
    subscriber.add(() => { decoding.stop(); });
    upstream.add(source.subscribe(decoding));
  });
}

/** One subscription to `decode`: a stream for each topic, key and camera. */
class Decoding {
  readonly #streams = new Streams((_place, done) => this.#newStream(done), () => { this.subscriber.complete(); });

  constructor(
    readonly decoder: Decoder, readonly form: PictureForm, readonly onUndecoded: DecodeConfig['onUndecoded'],
    readonly subscriber: Subscriber<ReceivedFrame | ReceivedJpeg>,
  ) {}

  next(value: Decodable | { readonly verdict: 'gap' }): void {
    if (isGap(value)) return;
    this.#streams.streamOf(value).push(value, take(value, 'stdin', this));
  }

  error(error: unknown): void {
    this.subscriber.error(error);
  }

  complete(): void {
    this.#streams.end();
  }

  stop(): void {
    for (const stream of this.#streams.all) stream.stop();
  }

  #newStream(done: () => void): DecodeStream {
    return new DecodeStream(this.decoder, this.form, {
      picture: (message, facts, picture, tracker, isReference) => { this.#emit(message, facts, picture, tracker, isReference); },
      undecoded: (message, pictures, reason) => { this.onUndecoded?.(message, pictures, reason); },
      error: (error) => { this.subscriber.error(error); },
      complete: done,
    });
  }

  /** Emits a picture. The last one of a message has the message's record in the ledger: handling the picture handles the message. */
  #emit(
    message: Decodable, facts: PictureFacts, { data, width, height }: Omit<DecodedPicture, 'pts'>, tracker: FrameTracker | undefined, unchanged: boolean,
  ): void {
    const { camera, topic, key, inputOrder } = message;
    const { pixelFormat } = this.form;
    const form = pixelFormat === 'jpeg' ? { codec: pixelFormat } : { pixelFormat };
    const records: Accounted = tracker === undefined || message[FRAME_RECORDS] === undefined ? {} : { [FRAME_RECORDS]: tracker.records };
    const received = { topic, key, inputOrder, unchanged };
    const value = { camera, run: 1, ...facts, width, height, ...form, data, ...received, ...records } as ReceivedFrame | ReceivedJpeg;
    if (tracker === undefined) {
      this.subscriber.next(value);
      return;
    }
    tracker.move('handover');
    passOn(value, tracker, this.subscriber);
  }
}
