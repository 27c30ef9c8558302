/** What `record` asks of whatever writes a file, and of the folder that it is in: ffmpeg and the disk, or the fakes of `rxcam/testing`. */
import type { Observable } from 'rxjs';
import type { DecoderUnit } from './decoder.js';
import type { Codec } from '../frame/frame.js';
import type { Size } from '../pictures/size.js';

/** Access units of one codec and one size, for one file. */
export interface MuxerInput extends Size {
  readonly codec: Codec;
  /** Wall clock of the first picture, in ms since 1970: what the file calls its time of creation. */
  readonly createdAt: number;
  readonly units$: Observable<DecoderUnit>;
  /** The muxer says whether it takes another unit now; nothing is sent before the first `true`. */
  ready(yes: boolean): void;
}

/**
 * Writes a fragmented MP4 with the units as they are; completes when `units$` has completed and the file is whole. Errors with
 * an RxcamError; what was written until then can be played.
 */
export type Muxer = (path: string, input: MuxerInput) => Observable<never>;

/** Files of recordings. Paths are those that `record` was given and makes of them. */
export interface RecordFolder {
  /** Makes a folder where there is none. */
  make(path: string): void;
  /** Names of the files in it, with their sizes in bytes; none where there is no folder. */
  list(path: string): readonly { readonly name: string; readonly bytes: number }[];
  /** The text of a file; undefined where there is none. */
  read(path: string): string | undefined;
  /** Bytes at the beginning of a file. */
  head(path: string, bytes: number): Buffer;
  append(path: string, text: string): void;
  /** Puts a file in the place of another, whole or not at all. */
  replace(path: string, text: string): void;
  remove(path: string): void;
}
