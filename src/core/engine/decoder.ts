/** The interface of a decoder, which turns access units into pictures: ffmpeg, or the fake of `rxcam/testing`. */
import type { Observable } from 'rxjs';
import type { Codec, PixelFormat } from '../frame/frame.js';
import type { Size } from '../pictures/size.js';

/** An access unit, with a media time that identifies its picture. */
export interface DecoderUnit {
  /** In µs, 0 or more; different for each unit. Pictures come out in its order. */
  readonly pts: number;
  readonly keyframe: boolean;
  /** Annex B, or a JPEG picture. */
  readonly data: Buffer;
}

/** A picture that came out; `pts` is that of the unit it was in. */
export interface DecodedPicture extends Size {
  readonly pts: number;
  readonly data: Buffer;
}

/** The format of the pictures to return. */
export interface PictureForm {
  readonly pixelFormat: PixelFormat | 'jpeg';
  /** Of a JPEG, 1 (worst) to 100. */
  readonly quality: number;
  /** The largest width and height; the aspect is kept, and no picture is made larger. Absent: as it is. */
  readonly size?: { readonly width?: number | undefined; readonly height?: number | undefined } | undefined;
}

/** Access units of one codec and one size. */
export interface DecoderInput extends Size {
  readonly codec: Codec;
  /** Degrees clockwise to turn each picture. */
  readonly rotation?: number | undefined;
  readonly units$: Observable<DecoderUnit>;
  /** Called by the decoder: whether it takes another unit now; nothing is sent before the first `true`. */
  ready(yes: boolean): void;
}

/**
 * Decodes until `units$` completes, then completes when every picture is out; errors with an RxcamError; unsubscribing ends
 * the process. A unit that can't be decoded gives no picture.
 */
export type Decoder = (input: DecoderInput, form: PictureForm) => Observable<DecodedPicture>;
