/** Limits of a source: the decoders that cameras need, the size of a picture, memory. */
import { existsSync } from 'node:fs';
import { REMOTE_CODECS } from '../../core/defaults/defaults.js';
import { DecodeFailed } from '../../core/errors/errors.js';
import type { CameraOrigin } from '../../core/plan/plan.js';
import type { StreamFact } from './description.js';

/** Decoders by the codec that they are for, where its name is not theirs. */
const DECODERS: Readonly<Record<string, readonly string[]>> = {
  av1: ['libdav1d', 'libaom-av1', 'libgav1', 'av1'], vp8: ['vp8', 'libvpx'], vp9: ['vp9', 'libvpx-vp9'], h263: ['h263', 'h263p'], flv1: ['flv'],
  wrapped_avframe: ['wrapped_avframe'],
};
const PRLIMIT = '/usr/bin/prlimit';
/** One allocation of ffmpeg: a picture of the most pixels in four bytes each, and never less than a container's index takes. */
const ALLOCATION = { leastBytes: 64 * 1024 ** 2, bytesPerPixel: 4 } as const;
/**
 * Addresses of a process: 4K through x265 takes 0.6 to 1.0 GiB of them by mode and preset, most of which is never touched, and
 * more on a machine of many cores; with more pixels it is some sixty bytes each.
 */
const ADDRESS_SPACE = { baseBytes: 4 * 1024 ** 3, bytesPerPixel: 64 } as const;

/** Options before an input. Of what is local, the user knows what it is. */
export function readingLimits({ source, codecs, maxPixels }: CameraOrigin): string[] {
  return [
    '-max_alloc', String(Math.max(ALLOCATION.leastBytes, maxPixels * ALLOCATION.bytesPerPixel)), '-max_pixels', String(maxPixels),
    ...(source.remote ? ['-codec_whitelist', allowed(codecs).flatMap((codec) => DECODERS[codec] ?? [codec]).join(',')] : []),
  ];
}

/** Refuses a stream that ffmpeg has no leave to decode. */
export function checkCodec({ codec }: StreamFact, { source, codecs }: CameraOrigin): void {
  if (!source.remote || allowed(codecs).includes(codec)) return;
  throw new DecodeFailed(`the source is ${codec}, which is not decoded from afar: `
    + `allowed are ${REMOTE_CODECS.join(', ')}, and what the option codecs names: codecs: ['${codec}']`);
}

function allowed(codecs: readonly string[]): readonly string[] {
  return [...REMOTE_CODECS, ...codecs];
}

/** The command with a bound to its addresses, where the system has a way: on Linux, for what comes from afar. */
export function bounded(path: string, args: readonly string[], { source, maxPixels }: CameraOrigin): { path: string; args: readonly string[] } {
  if (process.platform !== 'linux' || !source.remote || !existsSync(PRLIMIT)) return { path, args };
  const bytes = ADDRESS_SPACE.baseBytes + ADDRESS_SPACE.bytesPerPixel * maxPixels;
  return { path: PRLIMIT, args: [`--as=${bytes}`, '--', path, ...args] };
}
