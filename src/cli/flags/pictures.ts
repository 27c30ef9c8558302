/** Flags of skipRate, resize and encodeH265: what becomes of the pictures. */
import { H265, RESIZE } from '../../defaults.js';
import { FITS, HARDWARE } from '../../plan.js';
import { type FlagGroup, chunk, number, size } from './flag.js';

/** Both decode; frame mode needs nothing of a consumer but an H.265 decoder. */
export const DEFAULT_MODE = 'frame';

export const pictureFlags: FlagGroup = {
  heading: 'Pictures:',
  flags: [
    { flags: '--fps <fps>', sets: 'skipRate.fps', parse: number, about: 'frames per second to keep, by media time', standard: 'all' },
    { flags: '--every <n>', sets: 'skipRate.every', parse: number, about: 'keep every nth frame, in place of --fps', standard: 1 },
    { flags: '--size <WxH>', sets: 'resize.size', parse: size, about: 'scale to this size in pixels; Wx or xH keeps the aspect', standard: "the source's" },
    { flags: '--fit <fit>', sets: 'resize.fit', about: `how a picture is fitted into --size: ${FITS.join(', ')}`, standard: RESIZE.fit },
    { flags: '--enlarge', sets: 'resize.enlarge', about: 'make pictures larger too', standard: RESIZE.enlarge ? 'yes' : 'no' },
    { flags: '--algorithm <name>', sets: 'resize.algorithm', about: 'bilinear, area, bicubic or lanczos', standard: RESIZE.algorithm },
    { flags: '--mode <mode>', sets: 'encodeH265.mode', about: "'frame': every message decodes alone; 'stream': closed GOPs, a third of the bytes", standard: DEFAULT_MODE },
    { flags: '--crf <n>', sets: 'encodeH265.crf', parse: number, about: 'constant rate factor, 0 (lossless) to 51 (worst)', standard: H265.crf },
    { flags: '--preset <name>', sets: 'encodeH265.preset', about: "x265's preset, ultrafast to veryslow", standard: H265.preset },
    { flags: '--gop <n>', sets: 'encodeH265.gop', parse: number, about: 'stream mode: frames from one keyframe to the next', standard: H265.gop },
    { flags: '--chunk <what>', sets: 'encodeH265.chunk', parse: chunk, about: "stream mode: a message carries a GOP ('gop'), this many frames ('25'), or this time ('500ms')", standard: 'one frame' },
    { flags: '--hardware [name]', sets: 'encodeH265.hardware', about: `encode in hardware where that works: ${HARDWARE.join(', ')}, or the first of them`, standard: 'no' },
  ],
};
