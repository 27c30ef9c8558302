/** Splits a chunk of Annex B bytes into its access units. */
import { type CopiedCodec, NAL_TYPES, SHORT_START_CODE } from './nal.js';

/**
 * Types that begin a new access unit when they follow a slice: H.264 7.4.1.2.3 (SEI, parameter sets, delimiter, 14 to 18),
 * H.265 7.4.2.4.4 (parameter sets, delimiter, prefix SEI, 41 to 44, 48 to 55).
 */
const BEGINS_UNIT: Readonly<Record<CopiedCodec, (type: number) => boolean>> = {
  h264: (type) => (type >= 6 && type <= 9) || (type >= 14 && type <= 18),
  h265: (type) => (type >= 32 && type <= 35) || type === 39 || (type >= 41 && type <= 44) || (type >= 48 && type <= 55),
};

/** The access units, in order: views of the chunk that together cover every byte. A chunk without a slice is one unit. */
export function accessUnits(chunk: Buffer, codec: CopiedCodec): Buffer[] {
  const { typeOf, isSlice, firstSliceAt } = NAL_TYPES[codec];
  const units: Buffer[] = [];
  let begin = 0;
  let hasSlice = false;
  let at = chunk.indexOf(SHORT_START_CODE);
  while (at !== -1 && at + SHORT_START_CODE.length < chunk.length) {
    const header = at + SHORT_START_CODE.length;
    const type = typeOf(chunk[header] as number);
    const isAnySlice = isSlice(type);
    const isFirstSlice = isAnySlice && ((chunk[header + firstSliceAt] ?? 0) & 0x80) !== 0;
    if (hasSlice && (isFirstSlice || BEGINS_UNIT[codec](type))) {
      const end = endBefore(chunk, begin, at);
      units.push(chunk.subarray(begin, end));
      begin = end;
      hasSlice = false;
    }
    hasSlice ||= isAnySlice;
    at = chunk.indexOf(SHORT_START_CODE, header);
  }
  units.push(chunk.subarray(begin));
  return units;
}

/** The end of an access unit: the next one's first start code begins with an additional zero byte. */
function endBefore(chunk: Buffer, begin: number, at: number): number {
  return at > begin && chunk[at - 1] === 0 ? at - 1 : at;
}
