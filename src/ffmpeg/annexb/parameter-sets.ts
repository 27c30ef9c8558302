/** The active parameter sets, by type and id; those missing from a keyframe are inserted before it. */
import { type CopiedCodec, type Nal, type PictureHead, type PlacedNal, NUMBERS, START_CODE } from './nal.js';
import { idsOf, pictureSetOf } from './set-ids.js';

/** Longest set that a container's record can hold; bytes. */
const MAX_SET_BYTES = 65_535;
/** Limit for all sets together, so that a hostile source cannot make keyframes larger than this; bytes. */
const MAX_BYTES = 262_144;

interface Kept { readonly bytes: Buffer; readonly needs: number | undefined }

export class ParameterSets {
  readonly #kept: ReadonlyMap<number, Map<number, Kept>>;
  #bytes = 0;

  constructor(readonly codec: CopiedCodec) {
    this.#kept = new Map(NUMBERS[codec].sets.map((type) => [type, new Map<number, Kept>()]));
  }

  /** Remembers new sets: a set is active until another of the same type and id arrives. */
  keep(units: readonly Nal[]): void {
    for (const unit of units) {
      const ids = idsOf(unit, this.codec);
      const kept = this.#kept.get(unit.type);
      if (ids === undefined || kept === undefined || unit.bytes.length > MAX_SET_BYTES) continue;
      const before = kept.get(ids.id);
      if (before?.bytes.equals(unit.bytes) === true) continue;
      const bytes = this.#bytes - (before?.bytes.length ?? 0) + unit.bytes.length;
      if (bytes > MAX_BYTES) continue;
      this.#bytes = bytes;
      // A copy: the units are views of emitted bytes, or of the container's header.
      kept.set(ids.id, { bytes: Buffer.from(unit.bytes), needs: ids.needs });
    }
  }

  /** The sequence parameter set that a slice refers to; undefined if one that it needs is missing. */
  sequenceOf(slice: Nal): Buffer | undefined {
    let found: Kept | undefined;
    let sequence: Buffer | undefined;
    let id: number | undefined = pictureSetOf(slice, this.codec);
    for (const type of NUMBERS[this.codec].sets.toReversed()) {
      found = id === undefined ? undefined : this.#kept.get(type)?.get(id);
      if (found === undefined) return undefined;
      if (type === NUMBERS[this.codec].sps) sequence = found.bytes;
      id = found.needs;
    }
    return sequence;
  }

  /** The first sequence parameter set. */
  get firstSequence(): Buffer | undefined {
    return this.#kept.get(NUMBERS[this.codec].sps)?.values().next().value?.bytes;
  }

  /**
   * The same access unit with all sets in it: later pictures of its GOP may refer to any. Each set comes after those that it
   * needs: decoders drop a set that comes before them.
   */
  completed(data: Buffer, { units, setsAt }: PictureHead): Buffer {
    const { sets } = NUMBERS[this.codec];
    const present = new Set(units.map((unit) => keyOf(unit, this.codec)));
    const parts: Buffer[] = [];
    let from = 0;
    for (const type of sets) {
      const missing = [...this.#kept.get(type) ?? []].filter(([id]) => !present.has(`${type} ${id}`));
      if (missing.length === 0) continue;
      const at = Math.max(from, placeOf(type, units, sets, setsAt));
      parts.push(data.subarray(from, at), ...missing.flatMap(([, { bytes }]) => [START_CODE, bytes]));
      from = at;
    }
    return parts.length === 0 ? data : Buffer.concat([...parts, data.subarray(from)]);
  }
}

function keyOf(unit: Nal, codec: CopiedCodec): string {
  return `${unit.type} ${idsOf(unit, codec)?.id ?? ''}`;
}

/** The position of a set: before the first set of a later type, or after the last set. */
function placeOf(type: number, units: readonly PlacedNal[], sets: readonly number[], setsAt: number): number {
  const own = sets.indexOf(type);
  const later = units.find((unit) => sets.indexOf(unit.type) > own);
  return later?.at ?? units.findLast((unit) => sets.includes(unit.type))?.end ?? setsAt;
}
