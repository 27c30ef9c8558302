/** The ids by which parameter sets and slices refer to each other. */
import { Bits } from './bits.js';
import { type CopiedCodec, type Nal, NAL_TYPES } from './nal.js';
import { skipProfileAndLevel } from './sps.js';

/** A parameter set's own id, and the id of the set that it refers to: a PPS to an SPS, an SPS to a VPS. */
export interface SetIds { readonly id: number; readonly needs?: number }

/** Maximum number of sets of each type (H.264 7.4.2, H.265 7.4.3). */
const MAX_SETS: Readonly<Record<CopiedCodec, Readonly<Record<number, number>>>> = {
  h264: { 7: 32, 8: 256 }, h265: { 32: 16, 33: 16, 34: 64 },
};

/** Enough for the fields of a slice header up to the PPS id. */
const SLICE_HEADER_BYTES = 64;

/** Ids of a parameter set; undefined for a unit that is not a set of the base layer, or is invalid. */
export function idsOf(unit: Nal, codec: CopiedCodec): SetIds | undefined {
  const count = MAX_SETS[codec][unit.type];
  if (count === undefined || (codec === 'h265' && layerOf(unit.bytes) !== 0)) return undefined;
  const ids = codec === 'h264' ? h264Ids(unit) : h265Ids(unit);
  return ids.id < count ? ids : undefined;
}

/** Id of the PPS that a slice refers to. */
export function ppsIdOf({ type, bytes }: Nal, codec: CopiedCodec): number {
  const bits = new Bits(bytes, SLICE_HEADER_BYTES);
  if (codec === 'h264') {
    bits.skip(8);
    bits.unsigned();
    bits.unsigned();
    return bits.unsigned();
  }
  bits.skip(16 + 1);
  if (isIrap(type)) bits.skip(1);
  return bits.unsigned();
}

/** H.265 unit types at which decoding can start (table 7-1). */
function isIrap(type: number): boolean {
  return type >= 16 && type <= 23;
}

/** H.265: id of the layer. Sets of multi-view and scalable layers have separate ids. */
function layerOf(bytes: Buffer): number {
  return (((bytes[0] ?? 0) & 1) << 5) | ((bytes[1] ?? 0) >> 3);
}

/** H.264, 7.3.2.1.1 and 7.3.2.2. */
function h264Ids({ type, bytes }: Nal): SetIds {
  const bits = new Bits(bytes);
  bits.skip(8);
  if (type === NAL_TYPES.h264.sps) {
    bits.skip(24);
    return { id: bits.unsigned() };
  }
  return { id: bits.unsigned(), needs: bits.unsigned() };
}

/** H.265, 7.3.2.1, 7.3.2.2.1 and 7.3.2.3.1. */
function h265Ids({ type, bytes }: Nal): SetIds {
  const bits = new Bits(bytes);
  bits.skip(16);
  if (type === NAL_TYPES.h265.pps) return { id: bits.unsigned(), needs: bits.unsigned() };
  const first = bits.bits(4);
  if (type !== NAL_TYPES.h265.sps) return { id: first };
  const subLayers = bits.bits(3);
  bits.skip(1);
  skipProfileAndLevel(bits, subLayers);
  return { id: bits.unsigned(), needs: first };
}
