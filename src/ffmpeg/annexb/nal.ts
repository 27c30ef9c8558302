/** NAL units of Annex B bytes: those before a picture's first slice, and the slice itself. */
import type { Codec } from '../../core/frame/frame.js';

/** Codecs of an Annex B stream. */
export type CopiedCodec = Extract<Codec, 'h264' | 'h265'>;

/** A NAL unit; `bytes` without its start code. */
export interface Nal { readonly type: number; readonly bytes: Buffer }

/** Position of a unit in an access unit: the start of its start code, and its end. */
export interface PlacedNal extends Nal { readonly at: number; readonly end: number }

/** The units of an access unit up to a picture's first slice. */
export interface PictureHead {
  /** Parameter sets, SEI and all others, in order. */
  readonly units: readonly PlacedNal[];
  /** Position for parameter sets: after the access unit delimiter, if there is one. */
  readonly setsAt: number;
  /** The first slice and what follows. */
  readonly slice?: Nal;
  /** Whether that is the first slice of its picture; false if reading began within the picture. */
  readonly isWhole: boolean;
}

/** Maximum number of units before a picture; no encoder has as many. */
const MAX_UNITS = 1024;
/** Maximum size of these units; bytes. */
const MAX_HEAD_BYTES = 1024 ** 2;

interface Numbers {
  /** Types of parameter sets, in the order that the standards require. */
  readonly sets: readonly number[];
  /** The set that holds the picture's size. */
  readonly sps: number;
  readonly delimiter: number;
  readonly typeOf: (header: number) => number;
  readonly isSlice: (type: number) => boolean;
  /** Byte, after the header, whose highest bit is set on the first slice of a picture. */
  readonly firstSliceAt: number;
}

/** H.264 table 7-1, H.265 table 7-1. */
export const NUMBERS: Readonly<Record<CopiedCodec, Numbers>> = {
  h264: {
    sets: [7, 8], sps: 7, delimiter: 9, typeOf: (header) => header & 0x1f, isSlice: (type) => type >= 1 && type <= 5, firstSliceAt: 1,
  },
  h265: {
    sets: [32, 33, 34], sps: 33, delimiter: 35, typeOf: (header) => (header >> 1) & 0x3f, isSlice: (type) => type < 32, firstSliceAt: 2,
  },
};

/** The bytes between two units; a zero byte before them belongs to them. */
const START = Buffer.from([0, 0, 1]);
/** With the zero byte that is required before the first unit of an access unit. */
export const START_CODE = Buffer.from([0, 0, 0, 1]);

/** Reads an access unit, or a stream's parameter sets, up to the first slice. */
export function pictureHeadOf(whole: Buffer, codec: CopiedCodec): PictureHead {
  const data = whole.subarray(0, MAX_HEAD_BYTES);
  const { delimiter, typeOf, isSlice, firstSliceAt } = NUMBERS[codec];
  const units: PlacedNal[] = [];
  let setsAt = 0;
  let at = data.indexOf(START);
  while (at !== -1 && at + START.length < data.length && units.length < MAX_UNITS) {
    const begin = at + START.length;
    const type = typeOf(data[begin] as number);
    if (isSlice(type)) {
      const bytes = whole.subarray(begin);
      return { units, setsAt, slice: { type, bytes }, isWhole: ((bytes[firstSliceAt] ?? 0) & 0x80) !== 0 };
    }
    const next = data.indexOf(START, begin);
    const end = withoutZeros(data, begin, next === -1 ? data.length : next);
    if (type === delimiter) setsAt = end;
    else units.push({ type, bytes: data.subarray(begin, end), at: data[at - 1] === 0 ? at - 1 : at, end });
    at = next;
  }
  return { units, setsAt, isWhole: false };
}

/** A unit never ends in a zero byte: those belong to the next start code, or are padding. */
function withoutZeros(data: Buffer, begin: number, end: number): number {
  let last = end;
  while (last > begin && data[last - 1] === 0) last--;
  return last;
}

/** The parameter sets before a picture's first slice, as Annex B. */
export function parameterSets(data: Buffer, codec: CopiedCodec): Buffer {
  const { sets } = NUMBERS[codec];
  const { units } = pictureHeadOf(data, codec);
  return Buffer.concat(units.filter(({ type }) => sets.includes(type)).flatMap(({ bytes }) => [START_CODE, bytes]));
}
