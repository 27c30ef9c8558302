/** Finds NAL units in Annex B bytes: those before a picture's first slice, and the slice itself. */
import type { Codec } from '../../core/frame/frame.js';

/** Codecs of an Annex B stream. */
export type CopiedCodec = Extract<Codec, 'h264' | 'h265'>;

/** A NAL unit; `bytes` without its start code. */
export interface Nal { readonly type: number; readonly bytes: Buffer }

/** A NAL unit with its position in the access unit: from `at`, the first byte of its start code, to `end`. */
export interface PlacedNal extends Nal { readonly at: number; readonly end: number }

/** The units of an access unit up to a picture's first slice. */
export interface PictureHead {
  /** Parameter sets, SEI and all others, in order. */
  readonly units: readonly PlacedNal[];
  /** Position at which parameter sets may be inserted: after the access unit delimiter, if there is one. */
  readonly setsAt: number;
  /** The first slice, with all bytes after it. */
  readonly slice?: Nal;
  /** Whether `slice` is the first of its picture; false if reading began within the picture. */
  readonly isWhole: boolean;
}

/** Maximum number of units before a slice; no encoder writes as many. */
const MAX_UNITS = 1024;
/** Maximum size of the units before a slice; bytes. */
const MAX_HEAD_BYTES = 1024 ** 2;

/** The NAL unit types of a codec, and where its headers state them. */
interface NalTypes {
  /** Types of parameter sets, in the order that the standards require. */
  readonly sets: readonly number[];
  /** Sequence parameter set: has the picture's size. */
  readonly sps: number;
  /** Picture parameter set. */
  readonly pps: number;
  /** Access unit delimiter. */
  readonly delimiter: number;
  readonly typeOf: (header: number) => number;
  readonly isSlice: (type: number) => boolean;
  /** Bytes in a unit's header: the highest bit of the next byte is set on the first slice of a picture. */
  readonly firstSliceAt: number;
}

/** H.264 table 7-1, H.265 table 7-1. */
export const NAL_TYPES: Readonly<Record<CopiedCodec, NalTypes>> = {
  h264: {
    sets: [7, 8], sps: 7, pps: 8, delimiter: 9, typeOf: (header) => header & 0x1f, isSlice: (type) => type >= 1 && type <= 5, firstSliceAt: 1,
  },
  h265: {
    sets: [32, 33, 34], sps: 33, pps: 34, delimiter: 35, typeOf: (header) => (header >> 1) & 0x3f, isSlice: (type) => type < 32, firstSliceAt: 2,
  },
};

/** Begins a unit. A zero byte before it belongs to it. */
export const SHORT_START_CODE = Buffer.from([0, 0, 1]);
/** The same with a zero byte before it, which is required at the first unit of an access unit. */
export const START_CODE = Buffer.from([0, 0, 0, 1]);

/** Reads an access unit, or the parameter sets in a stream's header, up to the first slice. */
export function pictureHeadOf(unit: Buffer, codec: CopiedCodec): PictureHead {
  const data = unit.subarray(0, MAX_HEAD_BYTES);
  const { delimiter, typeOf, isSlice, firstSliceAt } = NAL_TYPES[codec];
  const units: PlacedNal[] = [];
  let setsAt = 0;
  let at = data.indexOf(SHORT_START_CODE);
  while (at !== -1 && at + SHORT_START_CODE.length < data.length && units.length < MAX_UNITS) {
    const begin = at + SHORT_START_CODE.length;
    const type = typeOf(data[begin] as number);
    if (isSlice(type)) {
      const bytes = unit.subarray(begin);
      return { units, setsAt, slice: { type, bytes }, isWhole: ((bytes[firstSliceAt] ?? 0) & 0x80) !== 0 };
    }
    const next = data.indexOf(SHORT_START_CODE, begin);
    const end = withoutTrailingZeros(data, begin, next === -1 ? data.length : next);
    if (type === delimiter) setsAt = end;
    else units.push({ type, bytes: data.subarray(begin, end), at: data[at - 1] === 0 ? at - 1 : at, end });
    at = next;
  }
  return { units, setsAt, isWhole: false };
}

/** A unit never ends in a zero byte: those belong to the next start code, or are padding. */
function withoutTrailingZeros(data: Buffer, begin: number, end: number): number {
  let last = end;
  while (last > begin && data[last - 1] === 0) last--;
  return last;
}

/** The parameter sets before a picture's first slice, as Annex B. */
export function parameterSets(data: Buffer, codec: CopiedCodec): Buffer {
  const { sets } = NAL_TYPES[codec];
  const { units } = pictureHeadOf(data, codec);
  return Buffer.concat(units.filter(({ type }) => sets.includes(type)).flatMap(({ bytes }) => [START_CODE, bytes]));
}
