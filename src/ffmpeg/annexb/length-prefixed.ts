/** Access units as in MP4, MKV and FLV: a length before each NAL unit, and the parameter sets in a separate record. */
import { type CopiedCodec, NUMBERS, type Nal, START_CODE } from './nal.js';

/** The configuration that a container states once for the whole stream. */
export interface Configuration {
  /** Bytes of the length before each unit: 1 to 4. */
  readonly lengthBytes: number;
  readonly sets: readonly Nal[];
}

/** Position of the length's size in the record, and of the list of units after it. */
const LAYOUT = { h264: { lengthAt: 4, listAt: 5 }, h265: { lengthAt: 21, listAt: 22 } } as const;

/** Reads a codec's record (ISO/IEC 14496-15: avcC, hvcC); undefined for Annex B, which begins with a start code, or nothing. */
export function configurationOf(extradata: Buffer, codec: CopiedCodec): Configuration | undefined {
  const { lengthAt, listAt } = LAYOUT[codec];
  const isAnnexB = extradata[0] === 0 && extradata[1] === 0 && (extradata[2] ?? 0) <= 1;
  if (isAnnexB || extradata.length <= listAt) return undefined;
  const lists = codec === 'h264' ? avcLists(extradata, listAt) : hevcLists(extradata, listAt);
  const { sets, typeOf } = NUMBERS[codec];
  const units = lists.filter((bytes) => bytes.length > 0).map((bytes) => ({ type: typeOf(bytes[0] as number), bytes }));
  return { lengthBytes: ((extradata[lengthAt] ?? 3) & 3) + 1, sets: units.filter(({ type }) => sets.includes(type)) };
}

/** A list of SPS, then one of PPS. */
function avcLists(record: Buffer, listAt: number): Buffer[] {
  const first = unitsAt(record, listAt + 1, (record[listAt] ?? 0) & 0x1f);
  const second = unitsAt(record, first.end + 1, record[first.end] ?? 0);
  return [...first.units, ...second.units];
}

/** A list for each type of unit. */
function hevcLists(record: Buffer, listAt: number): Buffer[] {
  const all: Buffer[] = [];
  let at = listAt + 1;
  for (let left = record[listAt] ?? 0; left > 0 && at + 3 <= record.length; left--) {
    const list = unitsAt(record, at + 3, record.readUInt16BE(at + 1));
    all.push(...list.units);
    at = list.end;
  }
  return all;
}

function unitsAt(record: Buffer, from: number, count: number): { units: Buffer[]; end: number } {
  const units: Buffer[] = [];
  let at = from;
  for (let left = count; left > 0 && at + 2 <= record.length; left--) {
    const end = at + 2 + record.readUInt16BE(at);
    units.push(record.subarray(at + 2, end));
    at = end;
  }
  return { units, end: at };
}

/** Maximum number of units, larger than the number of slices, SEI and parameter sets of any picture. */
const MAX_UNITS = 4096;

/** The same units as Annex B; undefined for a damaged access unit, whose lengths do not add up. May write into `data`. */
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
  // A start code is as long as the length: no bytes are moved.
  for (const unit of units) START_CODE.copy(data, unit.byteOffset - data.byteOffset - lengthBytes);
  return data;
}
