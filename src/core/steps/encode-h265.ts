/** encodeH265: encodes pictures as H.265 access units. */
import { z } from 'zod';
import { H265 } from '../defaults/defaults.js';
import { chunk as chunkOption, withJsonSchema, isAbsent, isSet, options, parseOptions } from '../options.js';
import { readChunk, readNumber } from './common/flag.js';
import type { Chunk, Encodes, UnitRule } from './common/rule.js';

/** Kinds of hardware that the option `hardware` can name. */
export const HARDWARE = ['nvenc', 'vaapi', 'qsv', 'videotoolbox'] as const;
/** A hardware encoder, by its name in the option `hardware` of `encodeH265`. */
export type Hardware = (typeof HARDWARE)[number];

/** The presets of x265, from fast to slow. */
export const PRESETS = ['ultrafast', 'superfast', 'veryfast', 'faster', 'fast', 'medium', 'slow', 'slower', 'veryslow'] as const;

export interface EncodeH265Step extends Encodes {
  readonly kind: 'encodeH265';
  readonly codec: 'h265';
  readonly crf: number;
  readonly preset: string;
  readonly gop: number;
  readonly hardware: boolean | Hardware;
  /** Whether to send the source's own access units if possible: H.265 of the right size. */
  readonly reuse: boolean;
}

const schema = withJsonSchema(options({
  mode: z.enum(['frame', 'stream']).default(H265.mode),
  crf: z.number().min(0).max(51).default(H265.crf),
  preset: z.enum(PRESETS).default(H265.preset),
  gop: z.number().int().min(1).max(10_000).optional(),
  chunk: chunkOption().optional(),
  hardware: z.union([z.boolean(), z.enum(HARDWARE)], { error: `expected true, false or one of ${HARDWARE.join(', ')}` }).default(H265.hardware),
  reuse: z.boolean().optional(),
})
  .refine((given) => given.mode === 'stream' || (given.gop === undefined && given.chunk === undefined), { message: "gop and chunk are for mode: 'stream'" })
  .refine((given) => given.mode === 'stream' || given.reuse === undefined, { message: "expected mode: 'stream': most of a source's own pictures do not decode alone", path: ['reuse'] })
  .refine((given) => !hasFrames(given.chunk) || given.gop === undefined || given.gop === given.chunk.frames, { message: 'gop must equal chunk.frames: each chunk starts at a keyframe' }), {
  allOf: [{ anyOf: [isSet('mode', 'stream'), isAbsent('gop', 'chunk', 'reuse')] }],
});

export const encodeH265Rule: UnitRule<EncodeH265Step> = {
  schema,
  step(config) {
    const given = parseOptions('encodeH265', schema, config);
    const gop = given.gop ?? (hasFrames(given.chunk) ? given.chunk.frames : H265.gop);
    return {
      kind: 'encodeH265', codec: 'h265', ...given, reuse: given.reuse ?? H265.reuse, gop: given.mode === 'frame' ? 1 : gop,
    } as EncodeH265Step;
  },
  gives: 'encoded',
  inNode: false,
  leavesOut: 'nothing',
  sides: 'as they come',
  filters: () => [],
  setting: ({ crf }) => ({ crf }),
  gop: ({ gop }) => gop,
  defaults: H265,
  examples: [{}, { mode: 'stream', gop: 10 }, { mode: 'stream', chunk: { frames: 20 } }],
  cli: {
    codec: 'h265',
    shared: [],
    flags: [
      {
        flags: '--reuse', sets: 'encodeH265.reuse', defaultText: 'no',
        about: "stream mode: pass the source's own H.265 on if it has the requested size",
      },
      {
        flags: '--mode <mode>', sets: 'encodeH265.mode', defaultText: H265.mode,
        about: "'frame': every message decodes alone; 'stream': closed GOPs, a third of the bytes",
      },
      {
        flags: '--crf <n>', sets: 'encodeH265.crf', parse: readNumber, defaultText: H265.crf,
        about: 'constant rate factor, 0 (lossless) to 51 (worst)',
      },
      {
        flags: '--preset <name>', sets: 'encodeH265.preset', defaultText: H265.preset,
        about: "x265's preset, ultrafast to veryslow",
      },
      {
        flags: '--gop <n>', sets: 'encodeH265.gop', parse: readNumber, defaultText: H265.gop,
        about: 'stream mode: frames from one keyframe to the next',
      },
      {
        flags: '--chunk <what>', sets: 'encodeH265.chunk', parse: readChunk, defaultText: 'one frame',
        about: "stream mode and --codec copy: a message carries a GOP ('gop'), this many frames ('25'), or this time ('500ms')",
      },
      {
        flags: '--hardware [name]', sets: 'encodeH265.hardware', defaultText: 'no',
        about: `encode in hardware where that works: ${HARDWARE.join(', ')}, or the first of them`,
      },
    ],
    options: (own = {}) => own,
  },
};

function hasFrames(given: Chunk | undefined): given is { readonly frames: number } {
  return typeof given === 'object' && 'frames' in given;
}
