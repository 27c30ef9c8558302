/** Access units as in MP4, MKV and FLV: a length before each NAL unit, and the parameter sets in a separate record. */
import { type CopiedCodec, NAL_TYPES, type Nal, START_CODE } from './nal.js';

/** The configuration that a container states once for the whole stream. */
export interface Configuration {
  /** Bytes of the length before each unit: 1 to 4. */
  readonly lengthBytes: number;
  readonly sets: readonly Nal[];
}

/** Byte positions in the record: of the number of length bytes, and of the lists of units. */
const LAYOUT = { h264: { lengthAt: 4, listAt: 5 }, h265: { lengthAt: 21, listAt: 22 } } as const;

/** Reads a codec's record (ISO/IEC 14496-15: avcC, hvcC); undefined if `extradata` is Annex B, which begins with a start code, or too short. */
export function configurationOf(extradata: Buffer, codec: CopiedCodec): Configuration | undefined {
  const { lengthAt, listAt } = LAYOUT[codec];
  const isAnnexB = extradata[0] === 0 && extradata[1] === 0 && (extradata[2] ?? 0) <= 1;
  if (isAnnexB || extradata.length <= listAt) return undefined;
  const lists = codec === 'h264' ? avcLists(extradata, listAt) : hevcLists(extradata, listAt);
  const { sets, typeOf } = NAL_TYPES[codec];
  const units = lists.filter((bytes) => bytes.length > 0).map((bytes) => ({ type: typeOf(bytes[0] as number), bytes }));
  return { lengthBytes: ((extradata[lengthAt] ?? 3) & 3) + 1, sets: units.filter(({ type }) => sets.includes(type)) };
}

/** A list of SPS, then one of PPS. */
function avcLists(record: Buffer, listAt: number): Buffer[] {
  const first = readUnits(record, listAt + 1, (record[listAt] ?? 0) & 0x1f);
  const second = readUnits(record, first.end + 1, record[first.end] ?? 0);
  return [...first.units, ...second.units];
}

/** A list for each type of unit. */
function hevcLists(record: Buffer, listAt: number): Buffer[] {
  const all: Buffer[] = [];
  let at = listAt + 1;
  for (let left = record[listAt] ?? 0; left > 0 && at + 3 <= record.length; left--) {
    const list = readUnits(record, at + 3, record.readUInt16BE(at + 1));
    all.push(...list.units);
    at = list.end;
  }
  return all;
}

function readUnits(record: Buffer, from: number, count: number): { units: Buffer[]; end: number } {
  const units: Buffer[] = [];
  let at = from;
  for (let left = count; left > 0 && at + 2 <= record.length; left--) {
    const end = at + 2 + record.readUInt16BE(at);
    units.push(record.subarray(at + 2, end));
    at = end;
  }
  return { units, end: at };
}

/** Maximum number of units: more than any picture has slices, SEI and parameter sets. */
const MAX_UNITS = 4096;

/** Converts an access unit to Annex B; undefined if it is damaged: its lengths do not add up to its size. May write into `data`. */
export function toAnnexB(data: Buffer, lengthBytes: number): Buffer | undefined {
  const units: Buffer[] = [];
  let at = 0;
  while (at < data.length) {
    if (units.length > MAX_UNITS) return undefined;
    const begin = at + lengthBytes;
    if (begin > data.length) return undefined;
    at = begin + data.readUIntBE(at, lengthBytes);
    if (at > data.length) return undefined;
    units.push(data.subarray(begin, at));
  }
  if (lengthBytes !== START_CODE.length) return Buffer.concat(units.flatMap((unit) => [START_CODE, unit]));
  // A start code is as long as a length: it replaces the length in place.
  for (const unit of units) START_CODE.copy(data, unit.byteOffset - data.byteOffset - lengthBytes);
  return data;
}
