/** The name of a codec for WebCodecs (RFC 6381), from the parameter sets of a keyframe. */
import type { Decodes } from '../page-data.js';

/** `avc1.64001f`, `hev1.1.6.L93.B0`; undefined if there is no parameter set. */
export function codecString(unit: Buffer, codec: Decodes): string | undefined {
  const sps = parameterSet(unit, codec === 'h264' ? (head) => (head & 0x1f) === 7 : (head) => (head >> 1 & 0x3f) === 33);
  if (sps === undefined) return undefined;
  if (codec === 'h264') return sps.length < 4 ? undefined : `avc1.${sps.subarray(1, 4).toString('hex')}`;
  return h265String(sps);
}

/** H.265, 7.3.3: two bytes of header, one of layers, then the profile, its compatibility, its constraints, and the level. */
function h265String(sps: Buffer): string | undefined {
  if (sps.length < 15) return undefined;
  const profile = sps.readUInt8(3);
  const space = ['', 'A', 'B', 'C'][profile >> 6] ?? '';
  const tier = (profile & 0x20) === 0 ? 'L' : 'H';
  const compatibility = reversed(sps.readUInt32BE(4)).toString(16).toUpperCase();
  const constraints = [...sps.subarray(8, 14)];
  while (constraints.at(-1) === 0) constraints.pop();
  return ['hev1', `${space}${profile & 0x1f}`, compatibility, `${tier}${sps.readUInt8(14)}`, ...constraints.map((byte) => byte.toString(16).toUpperCase())].join('.');
}

function reversed(word: number): number {
  let result = 0;
  for (let bit = 0; bit < 32; bit++) result = (result << 1 | (word >>> bit & 1)) >>> 0;
  return result;
}

/** The first parameter set, without its start code and emulation bytes. */
function parameterSet(unit: Buffer, is: (head: number) => boolean): Buffer | undefined {
  for (let at = unit.indexOf('000001', 0, 'hex'); at >= 0; at = unit.indexOf('000001', at + 3, 'hex')) {
    const head = unit[at + 3];
    if (head === undefined || !is(head)) continue;
    const end = unit.indexOf('000001', at + 3, 'hex');
    const raw = unit.subarray(at + 3, Math.min(end < 0 ? unit.length : end, at + 67));
    return Buffer.from(raw.toString('hex').match(/../g)?.join(' ').replaceAll(/00 00 03/g, '00 00').replaceAll(' ', '') ?? '', 'hex');
  }
  return undefined;
}
