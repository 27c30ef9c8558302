/** Reads the size of a picture from a sequence parameter set. */
import type { Size } from '../../core/pictures/size.js';
import { Bits } from './bits.js';
import type { CopiedCodec } from './nal.js';

/** The size of the pictures of an SPS, a NAL unit without its start code; undefined if it is invalid. */
export function pictureSizeOf(sps: Buffer, codec: CopiedCodec): Size | undefined {
  const size = codec === 'h264' ? h264Size(new Bits(sps)) : h265Size(new Bits(sps));
  return size.width > 0 && size.height > 0 && size.width <= MAX_SIDE && size.height <= MAX_SIDE ? size : undefined;
}

/** Maximum width and height; pixels. */
const MAX_SIDE = 16_384;
/** Profiles whose sets state their chroma format (H.264 7.3.2.1.1); all others are 4:2:0. */
const PROFILES_WITH_CHROMA = new Set([100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135]);

/** H.264, 7.3.2.1.1. */
function h264Size(bits: Bits): Size {
  bits.skip(8);
  const profile = bits.bits(8);
  bits.skip(16);
  bits.unsigned();
  const chroma = PROFILES_WITH_CHROMA.has(profile) ? h264Chroma(bits) : 1;
  bits.unsigned();
  skipPictureOrder(bits);
  bits.unsigned();
  bits.skip(1);
  // In macroblocks of 16 pixels.
  const [columns, rows] = [bits.unsigned() + 1, bits.unsigned() + 1];
  const fields = 2 - bits.bit();
  if (fields === 2) bits.skip(1);
  bits.skip(1);
  const [across, down] = samplesPerCropUnit(chroma);
  const crop = cropOf(bits);
  return { width: columns * 16 - across * crop.width, height: fields * (rows * 16 - down * crop.height) };
}

function h264Chroma(bits: Bits): number {
  const chroma = bits.unsigned();
  const isSeparate = chroma === 3 && bits.bit() === 1;
  bits.unsigned();
  bits.unsigned();
  bits.skip(1);
  if (bits.bit() === 1) {
    for (let list = 0; list < (chroma === 3 ? 12 : 8); list++) if (bits.bit() === 1) skipScalingList(bits, list < 6 ? 16 : 64);
  }
  return isSeparate ? 0 : chroma;
}

function skipScalingList(bits: Bits, size: number): void {
  let last = 8;
  for (let left = size; left > 0; left--) {
    const next = (last + bits.signed() + 256) % 256;
    if (next === 0) return;
    last = next;
  }
}

function skipPictureOrder(bits: Bits): void {
  const type = bits.unsigned();
  if (type === 0) bits.unsigned();
  if (type !== 1) return;
  bits.skip(1);
  bits.signed();
  bits.signed();
  for (let left = Math.min(bits.unsigned(), 255); left > 0; left--) bits.signed();
}

/** H.265, 7.3.2.2.1. */
function h265Size(bits: Bits): Size {
  bits.skip(16 + 4);
  const subLayers = bits.bits(3);
  bits.skip(1);
  skipProfileAndLevel(bits, subLayers);
  bits.unsigned();
  const chroma = bits.unsigned();
  if (chroma === 3) bits.skip(1);
  const [width, height] = [bits.unsigned(), bits.unsigned()];
  const [across, down] = samplesPerCropUnit(chroma);
  const crop = cropOf(bits);
  return { width: width - across * crop.width, height: height - down * crop.height };
}

/** H.265, 7.3.3. @param subLayers - number of temporal sub-layers, minus one */
export function skipProfileAndLevel(bits: Bits, subLayers: number): void {
  bits.skip(88 + 8);
  if (subLayers === 0) return;
  const present = Array.from({ length: subLayers }, () => [bits.bit() * 88, bits.bit() * 8] as const);
  bits.skip(2 * (8 - subLayers));
  for (const [profile, level] of present) bits.skip(profile + level);
}

/** Luma samples of one unit of cropping, across and down. */
function samplesPerCropUnit(chroma: number): readonly [number, number] {
  return [chroma === 1 || chroma === 2 ? 2 : 1, chroma === 1 ? 2 : 1];
}

/** The cropping, in these units: left and right together, top and bottom together. */
function cropOf(bits: Bits): Size {
  if (bits.bit() === 0) return { width: 0, height: 0 };
  return { width: bits.unsigned() + bits.unsigned(), height: bits.unsigned() + bits.unsigned() };
}
