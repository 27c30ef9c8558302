/** The interfaces of a muxer and of a folder for `record`: ffmpeg and the disk, or the fakes of `rxcam/testing`. */
import type { Observable } from 'rxjs';
import type { DecoderUnit } from './decoder.js';
import type { Codec } from '../frame/frame.js';
import type { Size } from '../pictures/size.js';

/** Access units of one codec and one size, for one file. */
export interface MuxerInput extends Size {
  /** Codec of the access units. */
  readonly codec: Codec;
  /** Wall clock of the first picture, in ms since 1970: the file's creation time. */
  readonly createdAt: number;
  /** The access units, in decoding order. */
  readonly units$: Observable<DecoderUnit>;
  /** Called by the muxer: whether it accepts another unit now; no unit is sent before the first `true`. */
  ready(yes: boolean): void;
}

/**
 * Writes a fragmented MP4 with the units unchanged; completes when `units$` has completed and the file is complete. Errors with
 * an RxcamError; the part written until then can be played.
 */
export type Muxer = (path: string, input: MuxerInput) => Observable<never>;

/** Files of recordings. Paths start with the folder given to `record`. */
export interface RecordFolder {
  /** Creates a folder if it does not exist. */
  make(path: string): void;
  /** Names of the files in a folder, with their sizes in bytes; empty if the folder does not exist. */
  list(path: string): readonly { readonly name: string; readonly bytes: number }[];
  /** The text of a file; undefined if it does not exist. */
  read(path: string): string | undefined;
  /** The first bytes of a file; empty if it does not exist. */
  head(path: string, bytes: number): Buffer;
  /** Appends a text to a file, which is created if it does not exist. */
  append(path: string, text: string): void;
  /** Writes a file as a whole: a reader sees the old text or the new one. */
  replace(path: string, text: string): void;
  /** Removes a file, if it exists. */
  remove(path: string): void;
}
