/** Reads H.265 Annex B as a consumer of rxcam's messages would. */

/** Types of NAL units, H.265 table 7-1. */
export const NAL = { IDR_W_RADL: 19, IDR_N_LP: 20, VPS: 32, SPS: 33, PPS: 34, SEI: 39 } as const;

export interface Nal { readonly type: number; readonly bytes: number }

/** The NAL units of Annex B bytes, in order. */
export function nals(data: Buffer): Nal[] {
  const starts: number[] = [];
  for (let at = data.indexOf('\0\0\x01', 0, 'latin1'); at !== -1; at = data.indexOf('\0\0\x01', at + 3, 'latin1')) starts.push(at + 3);
  return starts.map((start, index) => ({ type: ((data[start] ?? 0) >> 1) & 0x3f, bytes: (starts[index + 1] ?? data.length) - start }));
}

/** Pictures in Annex B bytes: slices that start a picture. */
export function pictures(data: Buffer): number {
  let count = 0;
  for (let at = data.indexOf('\0\0\x01', 0, 'latin1'); at !== -1; at = data.indexOf('\0\0\x01', at + 3, 'latin1')) {
    const isSlice = (((data[at + 3] ?? 0) >> 1) & 0x3f) < 32;
    const isFirst = ((data[at + 5] ?? 0) & 0x80) !== 0;
    if (isSlice && isFirst) count += 1;
  }
  return count;
}

/** Whether bytes are one IDR picture with VPS, SPS and PPS, and nothing large beside. */
export function isWholeIdr(data: Buffer): boolean {
  const units = nals(data);
  const types = new Set(units.map((unit) => unit.type));
  return pictures(data) === 1 && [NAL.VPS, NAL.SPS, NAL.PPS].every((type) => types.has(type))
    && (types.has(NAL.IDR_W_RADL) || types.has(NAL.IDR_N_LP))
    && units.every((unit) => unit.type !== NAL.SEI || unit.bytes < 100);
}
