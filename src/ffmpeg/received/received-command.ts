/** ffmpeg's commands for received messages, which it reads as NUT from stdin. */
import type { FfmpegFacts } from '../../core/engine/ffmpeg-facts.js';
import type { Step } from '../../core/steps/index.js';
import type { MuxerInput } from '../../core/engine/recorder.js';
import { newCommand } from '../binary/index.js';
import { type Encoding, GLOBAL_OPTIONS, finishArguments, argumentsOf, decodeGraph } from '../command/index.js';

/** Options of a process that reads access units from stdin: not live, without secrets, and independent of any camera. */
export const ACCESS_UNITS = { live: false, address: 'access units', secrets: [], hold: () => () => undefined } as const;

/** Without probing: the stream states its codec, and each unit is read when it arrives. Times are kept. */
const INPUT_OPTIONS = ['-copyts', '-probesize', '32', '-analyzeduration', '0', '-f', 'nut'];

/** Arguments for decoding to pictures, each with the time of its unit. @param rotation - degrees clockwise by which to turn them first */
export function decodeArguments(
  { pixelFormat, steps, rotation }: { readonly pixelFormat: string; readonly steps: readonly Step[]; readonly rotation: number | undefined },
  encoding: Encoding | undefined, facts: FfmpegFacts,
): string[] {
  const command = newCommand()
    .input('pipe:0')
    .inputOptions([...GLOBAL_OPTIONS, '-threads', '1', '-reinit_filter', '0', ...INPUT_OPTIONS])
    .complexFilter(decodeGraph(pixelFormat, steps, encoding?.encoder, rotation));
  return finishArguments(command, encoding, facts);
}

/** Length of a fragment of a recording, which is lost if ffmpeg is killed before its end; µs. */
const FRAGMENT_US = 500_000;

/** Arguments for writing a fragmented MP4 with the units unchanged. */
export function muxArguments(path: string, { codec, createdAt }: MuxerInput): string[] {
  const command = newCommand().input('pipe:0').inputOptions([...GLOBAL_OPTIONS, '-y', ...INPUT_OPTIONS]);
  return argumentsOf(command.output(`file:${path}`).outputOptions([
    '-map', '0:v:0', '-c:v', 'copy', ...(codec === 'h265' ? ['-tag:v', 'hvc1'] : []),
    '-metadata', `creation_time=${new Date(createdAt).toISOString()}`,
    '-avoid_negative_ts', 'disabled', '-flush_packets', '1',
    '-movflags', '+empty_moov+default_base_moof', '-frag_duration', String(FRAGMENT_US), '-f', 'mp4',
  ]));
}
