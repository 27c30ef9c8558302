/** Whether Annex B bytes begin with a picture that decodes alone, for formats that do not state it. */
import type { Codec } from '../../core/frame/frame.js';

/** Begins each NAL unit. */
const START = Buffer.from([0, 0, 1]);

/** How a codec's NAL units state their type. */
interface Slices {
  readonly typeOf: (header: number) => number;
  readonly isSlice: (type: number) => boolean;
  readonly isKey: (type: number) => boolean;
}

/** H.264 table 7-1: 5 is an IDR slice. H.265 table 7-1: 16 to 23 are IRAP pictures. */
const SLICES: Readonly<Record<'h264' | 'h265', Slices>> = {
  h264: { typeOf: (header) => header & 0x1f, isSlice: (type) => type >= 1 && type <= 5, isKey: (type) => type === 5 },
  h265: { typeOf: (header) => (header >> 1) & 0x3f, isSlice: (type) => type < 32, isKey: (type) => type >= 16 && type <= 23 },
};

/** Whether the first slice belongs to a keyframe; a JPEG picture always decodes alone. */
export function startsAtKeyframe(data: Buffer, codec: Codec): boolean {
  if (codec === 'jpeg') return true;
  const { typeOf, isSlice, isKey } = SLICES[codec];
  for (let at = data.indexOf(START); at !== -1 && at + START.length < data.length; at = data.indexOf(START, at + START.length)) {
    const type = typeOf(data[at + START.length] as number);
    if (isSlice(type)) return isKey(type);
  }
  return false;
}
