/** Limits for reading a source: the decoders, the size of a picture, memory. */
import { existsSync } from 'node:fs';
import { REMOTE_CODECS } from '../../core/defaults/defaults.js';
import { DecodeFailed } from '../../core/errors/errors.js';
import type { CameraOrigin } from '../../core/plan/plan.js';
import type { StreamFact } from './description.js';

/** Names of decoders, by codec, if they differ from the codec's name. */
const DECODERS: Readonly<Record<string, readonly string[]>> = {
  av1: ['libdav1d', 'libaom-av1', 'libgav1', 'av1'], vp8: ['vp8', 'libvpx'], vp9: ['vp9', 'libvpx-vp9'], h263: ['h263', 'h263p'], flv1: ['flv'],
  wrapped_avframe: ['wrapped_avframe'],
};
const PRLIMIT = '/usr/bin/prlimit';
/** Maximum single allocation of ffmpeg: a picture of maxPixels at four bytes each, and at least the size of a container's index. */
const MAX_ALLOCATION = { leastBytes: 64 * 1024 ** 2, bytesPerPixel: 4 } as const;
/**
 * Maximum address space of a process. Encoding 4K with x265 takes 0.6 to 1.0 GiB by mode and preset, most of it never used, and more
 * on a machine with many cores; each further pixel takes about sixty bytes.
 */
const ADDRESS_SPACE = { baseBytes: 4 * 1024 ** 3, bytesPerPixel: 64 } as const;

/** Options before an input. Codecs are restricted only for remote sources, because local files are the user's own. */
export function limitOptions({ source, codecs, maxPixels }: CameraOrigin): string[] {
  return [
    '-max_alloc', String(Math.max(MAX_ALLOCATION.leastBytes, maxPixels * MAX_ALLOCATION.bytesPerPixel)), '-max_pixels', String(maxPixels),
    ...(source.remote ? ['-codec_whitelist', allowedCodecs(codecs).flatMap((codec) => DECODERS[codec] ?? [codec]).join(',')] : []),
  ];
}

/** @throws DecodeFailed for a stream with a codec that is not allowed */
export function checkCodec({ codec }: StreamFact, { source, codecs }: CameraOrigin): void {
  if (!source.remote || allowedCodecs(codecs).includes(codec)) return;
  throw new DecodeFailed(`the source is ${codec}, which is not allowed for a remote source: `
    + `allowed are ${REMOTE_CODECS.join(', ')}, and those in the option codecs, such as codecs: ['${codec}']`);
}

function allowedCodecs(codecs: readonly string[]): readonly string[] {
  return [...REMOTE_CODECS, ...codecs];
}

/** Limits the address space of a command for a remote source, on Linux with prlimit; unchanged otherwise. */
export function limitAddressSpace(
  path: string, args: readonly string[], { source, maxPixels }: CameraOrigin,
): { path: string; args: readonly string[] } {
  if (process.platform !== 'linux' || !source.remote || !existsSync(PRLIMIT)) return { path, args };
  const bytes = ADDRESS_SPACE.baseBytes + ADDRESS_SPACE.bytesPerPixel * maxPixels;
  return { path: PRLIMIT, args: [`--as=${bytes}`, '--', path, ...args] };
}
