/** Cuts a chunk of Annex B bytes into its access units. */
import type { CopiedCodec } from './nal.js';
import { NUMBERS } from './nal.js';

const START = Buffer.from([0, 0, 1]);

/**
 * Types that begin a new access unit when they follow a slice: H.264 7.4.1.2.3 (SEI, parameter sets, delimiter, 14 to 18),
 * H.265 7.4.2.4.4 (parameter sets, delimiter, prefix SEI, 41 to 44, 48 to 55).
 */
const OPENS: Readonly<Record<CopiedCodec, (type: number) => boolean>> = {
  h264: (type) => (type >= 6 && type <= 9) || (type >= 14 && type <= 18),
  h265: (type) => (type >= 32 && type <= 35) || type === 39 || (type >= 41 && type <= 44) || (type >= 48 && type <= 55),
};

/** Views of the chunk, in order, that together cover every byte; bytes without a slice are one unit. */
export function accessUnits(chunk: Buffer, codec: CopiedCodec): Buffer[] {
  const { typeOf, isSlice, firstSliceAt } = NUMBERS[codec];
  const units: Buffer[] = [];
  let begin = 0;
  let hasSlice = false;
  for (let at = chunk.indexOf(START); at !== -1 && at + START.length < chunk.length; at = chunk.indexOf(START, at + START.length)) {
    const header = at + START.length;
    const type = typeOf(chunk[header] as number);
    const slice = isSlice(type);
    const isFirstSlice = slice && ((chunk[header + firstSliceAt] ?? 0) & 0x80) !== 0;
    if (hasSlice && (isFirstSlice || OPENS[codec](type))) {
      const end = withoutZeroByte(chunk, begin, at);
      units.push(chunk.subarray(begin, end));
      begin = end;
      hasSlice = false;
    }
    hasSlice ||= slice;
  }
  units.push(chunk.subarray(begin));
  return units;
}

/** The first start code of an access unit begins with an additional zero byte. */
function withoutZeroByte(chunk: Buffer, begin: number, at: number): number {
  return at > begin && chunk[at - 1] === 0 ? at - 1 : at;
}
