/** The interface of a decoder, which turns access units into pictures: ffmpeg, or the fake of `rxcam/testing`. */
import type { Observable } from 'rxjs';
import type { Codec, PixelFormat } from '../frame/frame.js';
import type { Size } from '../pictures/size.js';

/** An access unit, with a media time that identifies its picture. */
export interface DecoderUnit {
  /** In µs, 0 or more, and different for each unit. Pictures are emitted in the order of their times. */
  readonly pts: number;
  /** Whether it decodes alone. */
  readonly keyframe: boolean;
  /** Annex B, or a JPEG picture. */
  readonly data: Buffer;
}

/** A decoded picture; `pts` is that of its unit. */
export interface DecodedPicture extends Size {
  /** Media time of its unit, in µs. */
  readonly pts: number;
  /** The picture: raw bytes, or a JPEG. */
  readonly data: Buffer;
}

/** The format of the pictures to return. */
export interface PictureForm {
  /** Pixel format of raw pictures, or `jpeg`. */
  readonly pixelFormat: PixelFormat | 'jpeg';
  /** Quality of a JPEG, 1 (worst) to 100. */
  readonly quality: number;
  /** The largest width and height; the aspect is kept, and no picture is made larger. Absent: unchanged. */
  readonly size?: { readonly width?: number | undefined; readonly height?: number | undefined } | undefined;
}

/** Access units of one codec and one size. */
export interface DecoderInput extends Size {
  /** Codec of the access units. */
  readonly codec: Codec;
  /** Degrees clockwise to turn each picture. */
  readonly rotation?: number | undefined;
  /** The access units, in decoding order. */
  readonly units$: Observable<DecoderUnit>;
  /** Called by the decoder: whether it accepts another unit now; no unit is sent before the first `true`. */
  ready(yes: boolean): void;
}

/**
 * Decodes until `units$` completes, and completes when every picture is emitted. Errors with an RxcamError. Unsubscribing ends the
 * process. A unit that can't be decoded gives no picture.
 */
export type Decoder = (input: DecoderInput, form: PictureForm) => Observable<DecodedPicture>;
