/** Keeps the active parameter sets, by type and id, and inserts those missing from a keyframe. */
import { type CopiedCodec, type Nal, type PictureHead, type PlacedNal, NAL_TYPES, START_CODE } from './nal.js';
import { idsOf, ppsIdOf } from './set-ids.js';

/** Maximum size of one set: a container's record can hold no longer one; bytes. */
const MAX_SET_BYTES = 65_535;
/** Maximum size of all sets together, so that a hostile source can't make keyframes much larger; bytes. */
const MAX_TOTAL_BYTES = 262_144;

/** A set; `needs` is the id of the set that it refers to. */
interface KeptSet { readonly bytes: Buffer; readonly needs: number | undefined }

export class ParameterSets {
  readonly #kept: ReadonlyMap<number, Map<number, KeptSet>>;
  #bytes = 0;

  constructor(readonly codec: CopiedCodec) {
    this.#kept = new Map(NAL_TYPES[codec].sets.map((type) => [type, new Map<number, KeptSet>()]));
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
      if (bytes > MAX_TOTAL_BYTES) continue;
      this.#bytes = bytes;
      // A copy: the units are views of emitted bytes, or of the container's header.
      kept.set(ids.id, { bytes: Buffer.from(unit.bytes), needs: ids.needs });
    }
  }

  /** The SPS that a slice refers to; undefined if it, or another set that the slice needs, is missing. */
  spsOf(slice: Nal): Buffer | undefined {
    let found: KeptSet | undefined;
    let sps: Buffer | undefined;
    let id: number | undefined = ppsIdOf(slice, this.codec);
    for (const type of NAL_TYPES[this.codec].sets.toReversed()) {
      found = id === undefined ? undefined : this.#kept.get(type)?.get(id);
      if (found === undefined) return undefined;
      if (type === NAL_TYPES[this.codec].sps) sps = found.bytes;
      id = found.needs;
    }
    return sps;
  }

  /** The SPS that was kept first; undefined if there is none. */
  get firstSps(): Buffer | undefined {
    return this.#kept.get(NAL_TYPES[this.codec].sps)?.values().next().value?.bytes;
  }

  /**
   * Inserts all kept sets that a keyframe's access unit lacks, because later pictures of its GOP may refer to any of them. Each
   * set is placed after those that it needs, because decoders drop a set that comes before them.
   */
  withAllSets(data: Buffer, { units, setsAt }: PictureHead): Buffer {
    const { sets } = NAL_TYPES[this.codec];
    const present = new Set(units.map((unit) => keyOf(unit, this.codec)));
    const parts: Buffer[] = [];
    let from = 0;
    for (const type of sets) {
      const missing = [...this.#kept.get(type) ?? []].filter(([id]) => !present.has(`${type} ${id}`));
      if (missing.length === 0) continue;
      const at = Math.max(from, positionOf(type, units, sets, setsAt));
      parts.push(data.subarray(from, at), ...missing.flatMap(([, { bytes }]) => [START_CODE, bytes]));
      from = at;
    }
    return parts.length === 0 ? data : Buffer.concat([...parts, data.subarray(from)]);
  }
}

function keyOf(unit: Nal, codec: CopiedCodec): string {
  return `${unit.type} ${idsOf(unit, codec)?.id ?? ''}`;
}

/** The position for a set: before the first set of a later type, otherwise after the last set. */
function positionOf(type: number, units: readonly PlacedNal[], sets: readonly number[], setsAt: number): number {
  const own = sets.indexOf(type);
  const later = units.find((unit) => sets.indexOf(unit.type) > own);
  return later?.at ?? units.findLast((unit) => sets.includes(unit.type))?.end ?? setsAt;
}
