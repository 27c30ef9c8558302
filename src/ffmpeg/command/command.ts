/** Builds the arguments of ffmpeg for a plan with fluent-ffmpeg; rxcam itself spawns the process. */
import type { FeedFormat, ResumePoint } from '../../core/engine/engine.js';
import type { Plan } from '../../core/plan/plan.js';
import type { Size } from '../../core/pictures/size.js';
import { fraction } from '../../core/pictures/skip.js';
import type { SourceInput } from '../../core/source.js';
import { type FfmpegCommand, newCommand } from '../binary/index.js';
import type { Encoder, ExpectedPictures } from './encoder/index.js';
import { type Encoding, type Expected, encodingOf, paddingOf } from './expected.js';
import type { FfmpegFacts } from '../../core/engine/ffmpeg-facts.js';
import { cameraGraph, feedGraph, stillGraph } from './graph.js';
import type { StreamSelection } from '../stream/index.js';

/** Verbose, because only at that level does ffmpeg report that an RTSP server has answered. Each line states its level. */
export const GLOBAL_OPTIONS = ['-hide_banner', '-nostdin', '-nostats', '-loglevel', 'level+verbose'];

/**
 * File descriptor of the heartbeats' pipe. It is separate, because a muxer with two streams holds each packet until the other
 * stream has one, which would delay every access unit by a frame time.
 */
export const HEARTBEAT_FD = 3;

/** Arguments for decoding a source: heartbeats on {@link HEARTBEAT_FD}, pictures or access units on stdout. */
export function cameraArguments(
  plan: Plan, input: SourceInput, encoder: Encoder | undefined, facts: FfmpegFacts,
  selection: StreamSelection, expected: Expected, resume?: ResumePoint,
): string[] {
  const { origin } = plan;
  if (origin.kind !== 'camera') throw new Error('a plan on frames has no source');
  const seekUs = input.paced === true ? resume?.afterPts : undefined;
  const command = newCommand()
    .input(input.url)
    .inputOptions([
      ...GLOBAL_OPTIONS, ...(encoder?.globalOptions ?? []),
      '-threads', String(origin.decoderThreads),
      // If a source changes its size or format, the same graph continues: its counters stay, the scaler adapts.
      '-reinit_filter', '0',
      ...(seekUs === undefined ? [] : ['-ss', (seekUs / 1e6).toFixed(6)]),
      ...input.options,
    ])
    .complexFilter(cameraGraph(plan, origin.pixelFormat, encoder, expected, {
      selection, live: origin.source.live, paced: input.paced, resume, seekUs,
    }));
  command.output(`pipe:${HEARTBEAT_FD}`).outputOptions(['-map', '[h]', '-c:v', 'rawvideo', ...streamArguments(facts)]);
  return finishArguments(command, encodingOf(plan, encoder), facts, expected);
}

/** Arguments for raw frames on stdin. */
export function feedArguments(plan: Plan, format: FeedFormat, encoder: Encoder | undefined, facts: FfmpegFacts, expected: Expected): string[] {
  const { num, den } = fraction(format.fps);
  const command = newCommand()
    .input('pipe:0')
    .inputOptions([
      ...GLOBAL_OPTIONS, ...(encoder?.globalOptions ?? []), '-f', 'rawvideo', '-pixel_format', format.pixelFormat,
      '-video_size', `${format.width}x${format.height}`, '-framerate', `${num}/${den}`,
    ])
    .complexFilter(feedGraph(plan, format, encoder, expected));
  return finishArguments(command, encodingOf(plan, encoder), facts, expected);
}

/** The codec of access units that decode alone, and the degrees clockwise by which to turn their picture. */
export interface StillUnit { readonly codec: 'h265' | 'h264'; readonly rotation?: number | undefined }

/** Arguments for one picture of the access units on stdin. */
export function stillArguments({ codec, rotation }: StillUnit, encoding: Encoding, facts: FfmpegFacts): string[] {
  const command = newCommand()
    .input('pipe:0')
    .inputOptions([...GLOBAL_OPTIONS, '-threads', '1', '-f', codec === 'h265' ? 'hevc' : 'h264'])
    .complexFilter(stillGraph(encoding.encoder, rotation));
  return finishArguments(command, encoding, facts, undefined, ['-frames:v', '1']);
}

/**
 * Start of the media time of copied access units; µs. NUT can't hold negative times, which a file with an edit list, a
 * clock that restarts, or a time stamp hours in the past would have otherwise.
 */
export const COPY_OFFSET_US = 10_000_000_000_000;
/** Raw streams have no presentation times, and neither has the start of an RTSP stream with B-frames: decoding times replace them. */
const COPY_PTS = String.raw`if(lt(abs(PTS)\,9e15)\,PTS\,if(lt(abs(DTS)\,9e15)\,DTS\,PREV_OUTPTS+1))`;
/** ffmpeg overwrites pts unless dts rises, so dts is set to a number that rises. */
const COPY_DTS = `N-floor(${COPY_OFFSET_US / 1e6}/TB)`;
/** Distance of a seek before the point of resumption, because a container's index has other times than its pictures; µs. */
const SEEK_MARGIN_US = 1_000_000;

/** Time that a source may take to describe its pictures, in ms; undefined: ffmpeg's own limit of 5 s. */
type ProbeTimeoutMs = number | undefined;

/** Bytes kept while the description is read: half a minute of 16 Mbit/s. */
const PROBE_BYTES = 64 * 1024 ** 2;

/** A source that describes no parameter sets states its size with its first keyframe, and nothing can be copied before that. */
function probeOptions(timeoutMs: ProbeTimeoutMs): string[] {
  return timeoutMs === undefined ? [] : ['-analyzeduration', String(timeoutMs * 1000), '-probesize', String(PROBE_BYTES)];
}

/** Arguments for copying a source's own access units to stdout. */
export function copyArguments(
  input: SourceInput, facts: FfmpegFacts,
  { stream, probeTimeoutMs }: StreamSelection & { readonly probeTimeoutMs: ProbeTimeoutMs }, resume?: ResumePoint,
): string[] {
  const isPaced = input.paced === true;
  const seekUs = isPaced ? Math.max(0, (resume?.afterPts ?? 0) - SEEK_MARGIN_US) : 0;
  const command = newCommand()
    .input(input.url)
    .inputOptions([
      // For AVI and other containers that have only decoding times.
      ...GLOBAL_OPTIONS, '-fflags', '+genpts',
      // The time of an access unit does not depend on where reading begins.
      ...(isPaced ? ['-copyts', '-start_at_zero'] : []),
      ...(seekUs === 0 ? [] : ['-ss', (seekUs / 1e6).toFixed(6)]),
      ...probeOptions(probeTimeoutMs),
      ...input.options,
    ]);
  command.output('pipe:1').outputOptions([
    '-map', `0:V:${stream}`, '-c:v', 'copy',
    // Access units before the first keyframe are counted, not lost silently.
    '-copyinkf',
    ...(facts.major < 5 ? [] : ['-bsf:v', `setts=pts=${COPY_PTS}:dts=${COPY_DTS}`]),
    '-avoid_negative_ts', 'disabled', '-output_ts_offset', String(COPY_OFFSET_US / 1e6),
    ...NUT_OPTIONS,
  ]);
  return argumentsOf(command);
}

/** Arguments for reading only a source's description; ffmpeg is stopped as soon as the description has arrived. */
export function descriptionArguments(input: SourceInput, probeTimeoutMs: ProbeTimeoutMs): string[] {
  const command = newCommand().input(input.url).inputOptions([...GLOBAL_OPTIONS, ...probeOptions(probeTimeoutMs), ...input.options]);
  return argumentsOf(command.output('-').outputOptions(['-map', '0:V', '-c:v', 'copy', '-f', 'null']));
}

/** Options of one output stream, each with its stream specifier. */
export function streamOptions(options: Readonly<Record<string, string>>, stream: string): string[] {
  return Object.entries(options).flatMap(([name, value]) => [`-${name}:${stream}`, value]);
}

/** Adds the last output, `[v]` on stdout, and returns the arguments of the command. */
export function finishArguments(
  command: FfmpegCommand, encoding: Encoding | undefined, facts: FfmpegFacts, { pictures }: Partial<Expected> = {}, more: readonly string[] = [],
): string[] {
  const encoded = encoding === undefined ? ['-c:v', 'rawvideo'] : encoderArguments(encoding, facts, pictures);
  command.output('pipe:1').outputOptions(['-map', '[v]', ...encoded, ...more, ...streamArguments(facts)]);
  return argumentsOf(command);
}

function encoderArguments({ encoder, step }: Encoding, facts: FfmpegFacts, pictures: ExpectedPictures = {}): string[] {
  const padding = paddingOf(encoder, pictures);
  return [
    '-c:v', encoder.name, ...streamOptions(encoder.options(step, facts, pictures), 'v'),
    ...(padding === undefined ? [] : ['-bsf:v', `hevc_metadata=${croppingOf(padding)}`]),
  ];
}

/** Crops the padding. A side without padding keeps x265's own cropping of incomplete coding units. */
function croppingOf({ width, height }: Size): string {
  return [...(width > 0 ? [`crop_right=${width}`] : []), ...(height > 0 ? [`crop_bottom=${height}`] : [])].join(':');
}

/** The arguments of a command. */
export function argumentsOf(command: FfmpegCommand): string[] {
  return command._getArguments();
}

/** Without an index at the end, for which ffmpeg would keep every syncpoint in memory: hundreds of MB a day. */
const NUT_OPTIONS = ['-write_index', '0', '-flush_packets', '1', '-f', 'nut'];

/** Arguments of an output in NUT. */
function streamArguments(facts: FfmpegFacts): string[] {
  return [
    // Every picture keeps its own time; none is duplicated or dropped for a constant rate.
    facts.fpsMode ? '-fps_mode' : '-vsync', 'passthrough',
    '-enc_time_base', '1:1000000',
    // With more threads, the encoders rawvideo and mjpeg delay each picture by one.
    '-threads', '1',
    ...NUT_OPTIONS,
  ];
}
