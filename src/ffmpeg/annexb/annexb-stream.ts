/** Converts a stream of access units to Annex B without decoding: inserts parameter sets at keyframes, and reads the size of the pictures. */
import type { Size } from '../../core/pictures/size.js';
import { type Configuration, configurationOf, toAnnexB } from './length-prefixed.js';
import { type CopiedCodec, pictureHeadOf } from './nal.js';
import { ParameterSets } from './parameter-sets.js';
import { pictureSizeOf } from './sps.js';

/** An access unit, ready to be sent. */
export interface CopiedUnit {
  readonly data: Buffer;
  /** Whether decoding can start here. */
  readonly keyframe: boolean;
}

export class CopiedStream {
  /** Bytes of the length before each NAL unit; undefined for Annex B. */
  readonly #lengthBytes: number | undefined;
  readonly #sets: ParameterSets;
  #size: Size | undefined;
  /** The SPS that the size was read from. */
  #sps: Buffer | undefined;

  /**
   * @param extradata - the stream's own header, in either form, or empty
   * @param size - from the container; used if no SPS states it
   */
  constructor(readonly codec: CopiedCodec, extradata: Buffer, size: Size | undefined) {
    const configuration: Configuration | undefined = configurationOf(extradata, codec);
    this.#lengthBytes = configuration?.lengthBytes;
    this.#sets = new ParameterSets(codec);
    this.#sets.keep(configuration?.sets ?? pictureHeadOf(extradata, codec).units);
    this.#readSize(this.#sets.firstSps);
    this.#size ??= size;
  }

  /** The size of pictures since the last keyframe; 0x0 if it is not known. */
  get size(): Size {
    return this.#size ?? { width: 0, height: 0 };
  }

  /**
   * The access unit to send; undefined if it is damaged. May write into `data`.
   * @param key - whether the container marks it as a keyframe; without its first slice or its parameter sets, it is not one
   */
  unit(data: Buffer, key: boolean): CopiedUnit | undefined {
    const bytes = this.#lengthBytes === undefined ? data : toAnnexB(data, this.#lengthBytes);
    if (bytes === undefined || bytes.length === 0) return undefined;
    const head = pictureHeadOf(bytes, this.codec);
    this.#sets.keep(head.units);
    if (!key) return { data: bytes, keyframe: false };
    const sps = head.slice && this.#sets.spsOf(head.slice);
    this.#readSize(sps);
    return { data: this.#sets.withAllSets(bytes, head), keyframe: head.isWhole && sps !== undefined };
  }

  #readSize(sps: Buffer | undefined): void {
    if (sps === undefined || sps === this.#sps) return;
    this.#sps = sps;
    this.#size = pictureSizeOf(sps, this.codec) ?? this.#size;
  }
}
