/** A stream of access units that are passed on as they are: as Annex B, each keyframe with its parameter sets, and the picture's size. */
import type { Size } from '../../size.js';
import { type Configuration, configurationOf, toAnnexB } from './length-prefixed.js';
import { type CopiedCodec, type Nal, NUMBERS, START_CODE, headOf } from './nal.js';
import { sizeOf } from './sps.js';

/** An access unit that can be sent. */
export interface CopiedUnit {
  readonly data: Buffer;
  /** Whether decoding can start here. */
  readonly keyframe: boolean;
}

export class CopiedStream {
  /** Bytes of the length before each unit; undefined for Annex B. */
  readonly #lengthBytes: number | undefined;
  /** The parameter sets in force, by type. */
  readonly #sets = new Map<number, readonly Nal[]>();
  #size: Size | undefined;

  /** @param extradata - the stream's own header, of either form, or nothing */
  constructor(readonly codec: CopiedCodec, extradata: Buffer, size: Size | undefined) {
    const configuration: Configuration | undefined = configurationOf(extradata, codec);
    this.#lengthBytes = configuration?.lengthBytes;
    this.#keep(configuration?.sets ?? headOf(extradata, codec).units);
    this.#size ??= size;
  }

  /** The size of the pictures from the last keyframe on. */
  get size(): Size {
    return this.#size ?? { width: 0, height: 0 };
  }

  /**
   * An access unit for sending; undefined if it is damaged. May write into `data`.
   * @param key - whether the container calls it a keyframe; one that was joined in its middle, or has no parameter sets, is none
   */
  unit(data: Buffer, key: boolean): CopiedUnit | undefined {
    const bytes = this.#lengthBytes === undefined ? data : toAnnexB(data, this.#lengthBytes);
    if (bytes === undefined || bytes.length === 0) return undefined;
    return key ? this.#keyframe(bytes) : { data: bytes, keyframe: false };
  }

  #keyframe(data: Buffer): CopiedUnit {
    const { sets } = NUMBERS[this.codec];
    const { units, setsAt, isWhole } = headOf(data, this.codec);
    const missing = sets.filter((type) => !units.some((unit) => unit.type === type));
    this.#keep(units);
    const added = missing.flatMap((type) => this.#sets.get(type) ?? []);
    const keyframe = isWhole && missing.every((type) => this.#sets.has(type));
    if (added.length === 0) return { data, keyframe };
    const before = added.flatMap(({ bytes }) => [START_CODE, bytes]);
    return { keyframe, data: Buffer.concat([data.subarray(0, setsAt), ...before, data.subarray(setsAt)]) };
  }

  /** Takes what is new: sets stay in force until others of their type come. */
  #keep(units: readonly Nal[]): void {
    const { sets, sps } = NUMBERS[this.codec];
    for (const type of sets) {
      const fresh = units.filter((unit) => unit.type === type);
      if (fresh.length === 0 || isSame(fresh, this.#sets.get(type))) continue;
      // A copy: the units are views of what is handed on, or of the container's header.
      this.#sets.set(type, fresh.map((unit) => ({ type, bytes: Buffer.from(unit.bytes) })));
      if (type === sps) this.#size = sizeOf((fresh[0] as Nal).bytes, this.codec) ?? this.#size;
    }
  }
}

function isSame(some: readonly Nal[], others: readonly Nal[] = []): boolean {
  return some.length === others.length && some.every(({ bytes }, index) => bytes.equals((others[index] as Nal).bytes));
}
