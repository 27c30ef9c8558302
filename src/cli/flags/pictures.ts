/** Flags of skipRate, skipUnchanged, resize and the encoders: what becomes of the pictures. */
import { H265, JPEG, RESIZE, UNCHANGED } from '../../defaults.js';
import { FITS, HARDWARE } from '../../plan.js';
import { type FlagGroup, chunk, number, size } from './flag.js';

/** Both decode; frame mode needs nothing of a consumer but an H.265 decoder. */
export const DEFAULT_MODE = 'frame';

/** The operator of each codec that `--codec` takes. */
export const ENCODERS = { h265: 'encodeH265', jpeg: 'encodeJpeg', copy: 'passthrough' } as const;
export type CodecName = keyof typeof ENCODERS;
export const CODECS = Object.keys(ENCODERS) as CodecName[];

export const pictureFlags: FlagGroup = {
  heading: 'Pictures:',
  flags: [
    {
      flags: '--fps <fps>', sets: 'skipRate.fps', parse: number, standard: 'all',
      about: 'frames per second to keep, by media time',
    },
    {
      flags: '--every <n>', sets: 'skipRate.every', parse: number, standard: 1,
      about: 'keep every nth frame, in place of --fps',
    },
    {
      flags: '--skip-unchanged [share]', sets: 'skipUnchanged.threshold', parse: number, standard: 'no; 12/255 without a number',
      about: 'leave out what looks like the last frame kept: by how much of full scale a block must differ',
    },
    {
      flags: '--max-gap <ms>', sets: 'skipUnchanged.maxGapMs', parse: number, standard: UNCHANGED.maxGapMs,
      about: 'with --skip-unchanged: keep a frame in each slot of so many ms all the same',
    },
    {
      flags: '--size <WxH>', sets: 'resize.size', parse: size, standard: "the source's",
      about: 'scale to this size in pixels; Wx or xH keeps the aspect',
    },
    {
      flags: '--fit <fit>', sets: 'resize.fit', standard: RESIZE.fit,
      about: `how a picture is fitted into --size: ${FITS.join(', ')}`,
    },
    {
      flags: '--enlarge', sets: 'resize.enlarge', standard: String(RESIZE.enlarge),
      about: 'make pictures larger too',
    },
    {
      flags: '--no-square-pixels', sets: 'resize.squarePixels',
      about: 'with --size: scale pictures as they are stored, and keep the shape of their pixels',
    },
    {
      flags: '--algorithm <name>', sets: 'resize.algorithm', standard: RESIZE.algorithm,
      about: 'bilinear, area, bicubic or lanczos',
    },
    {
      flags: '--codec <codec>', sets: 'stream.codec', standard: CODECS[0],
      about: `what the pictures become: ${CODECS.join(', ')}; 'copy' passes the source's own access units on, with no decoding`,
    },
    {
      flags: '--quality <n>', sets: 'encodeJpeg.quality', parse: number, standard: JPEG.quality,
      about: 'JPEG: 1 (worst) to 100',
    },
    {
      flags: '--reuse', sets: 'encodeH265.reuse', standard: 'no',
      about: "stream mode: pass the source's own H.265 on where it has the wanted size",
    },
    {
      flags: '--mode <mode>', sets: 'encodeH265.mode', standard: DEFAULT_MODE,
      about: "'frame': every message decodes alone; 'stream': closed GOPs, a third of the bytes",
    },
    {
      flags: '--crf <n>', sets: 'encodeH265.crf', parse: number, standard: H265.crf,
      about: 'constant rate factor, 0 (lossless) to 51 (worst)',
    },
    {
      flags: '--preset <name>', sets: 'encodeH265.preset', standard: H265.preset,
      about: "x265's preset, ultrafast to veryslow",
    },
    {
      flags: '--gop <n>', sets: 'encodeH265.gop', parse: number, standard: H265.gop,
      about: 'stream mode: frames from one keyframe to the next',
    },
    {
      flags: '--chunk <what>', sets: 'encodeH265.chunk', parse: chunk, standard: 'one frame',
      about: "stream mode and --codec copy: a message carries a GOP ('gop'), this many frames ('25'), or this time ('500ms')",
    },
    {
      flags: '--hardware [name]', sets: 'encodeH265.hardware', standard: 'no',
      about: `encode in hardware where that works: ${HARDWARE.join(', ')}, or the first of them`,
    },
  ],
};
