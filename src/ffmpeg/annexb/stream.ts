/** A stream of access units, passed on unchanged as Annex B: each keyframe with its parameter sets, and the size of its picture. */
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
  /** Bytes of the length before each unit; undefined for Annex B. */
  readonly #lengthBytes: number | undefined;
  readonly #sets: ParameterSets;
  #size: Size | undefined;
  /** The set that the size was read from. */
  #sequence: Buffer | undefined;

  /** @param extradata - the stream's own header, in either form, or empty */
  constructor(readonly codec: CopiedCodec, extradata: Buffer, size: Size | undefined) {
    const configuration: Configuration | undefined = configurationOf(extradata, codec);
    this.#lengthBytes = configuration?.lengthBytes;
    this.#sets = new ParameterSets(codec);
    this.#sets.keep(configuration?.sets ?? pictureHeadOf(extradata, codec).units);
    this.#measure(this.#sets.firstSequence);
    this.#size ??= size;
  }

  /** The size of pictures since the last keyframe. */
  get size(): Size {
    return this.#size ?? { width: 0, height: 0 };
  }

  /**
   * An access unit to send; undefined if it is damaged. May write into `data`.
   * @param key - whether the container marks it as a keyframe; it is not one if its first slice or its parameter sets are missing
   */
  unit(data: Buffer, key: boolean): CopiedUnit | undefined {
    const bytes = this.#lengthBytes === undefined ? data : toAnnexB(data, this.#lengthBytes);
    if (bytes === undefined || bytes.length === 0) return undefined;
    const head = pictureHeadOf(bytes, this.codec);
    this.#sets.keep(head.units);
    if (!key) return { data: bytes, keyframe: false };
    const sequence = head.slice && this.#sets.sequenceOf(head.slice);
    this.#measure(sequence);
    return { data: this.#sets.completed(bytes, head), keyframe: head.isWhole && sequence !== undefined };
  }

  #measure(sequence: Buffer | undefined): void {
    if (sequence === undefined || sequence === this.#sequence) return;
    this.#sequence = sequence;
    this.#size = pictureSizeOf(sequence, this.codec) ?? this.#size;
  }
}
