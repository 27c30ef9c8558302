/** The ffmpeg command of a plan, built by fluent-ffmpeg; rxcam spawns it itself. */
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

/** Verbose, because only there ffmpeg reports that an RTSP server has answered; each line with its level. */
export const GLOBAL = ['-hide_banner', '-nostdin', '-nostats', '-loglevel', 'level+verbose'];

/**
 * Heartbeats have a separate pipe: a muxer with two streams holds each packet until the other stream has one, which
 * would delay every access unit by a frame time.
 */
export const HEARTBEAT_FD = 3;

/** Arguments for reading a source. */
export function cameraArguments(
  plan: Plan, input: SourceInput, encoder: Encoder | undefined, facts: FfmpegFacts,
  reading: StreamSelection, expected: Expected, resume?: ResumePoint,
): string[] {
  const { origin } = plan;
  if (origin.kind !== 'camera') throw new Error('a plan on frames has no source');
  const seekUs = input.paced === true ? resume?.afterPts : undefined;
  const command = newCommand()
    .input(input.url)
    .inputOptions([
      ...GLOBAL, ...(encoder?.globalOptions ?? []),
      '-threads', String(origin.decoderThreads),
      // If a source changes its size or format, the same graph continues: its counters stay, the scaler adapts.
      '-reinit_filter', '0',
      ...(seekUs === undefined ? [] : ['-ss', (seekUs / 1e6).toFixed(6)]),
      ...input.options,
    ])
    .complexFilter(cameraGraph(plan, origin.pixelFormat, encoder, expected, {
      reading, live: origin.source.live, paced: input.paced, resume, seekUs,
    }));
  command.output(`pipe:${HEARTBEAT_FD}`).outputOptions(['-map', '[h]', '-c:v', 'rawvideo', ...muxing(facts)]);
  return finishArguments(command, encodingOf(plan, encoder), facts, expected);
}

/** Arguments for raw frames on stdin. */
export function feedArguments(plan: Plan, format: FeedFormat, encoder: Encoder | undefined, facts: FfmpegFacts, expected: Expected): string[] {
  const { num, den } = fraction(format.fps);
  const command = newCommand()
    .input('pipe:0')
    .inputOptions([
      ...GLOBAL, ...(encoder?.globalOptions ?? []), '-f', 'rawvideo', '-pixel_format', format.pixelFormat,
      '-video_size', `${format.width}x${format.height}`, '-framerate', `${num}/${den}`,
    ])
    .complexFilter(feedGraph(plan, format, encoder, expected));
  return finishArguments(command, encodingOf(plan, encoder), facts, expected);
}

/** Access units that decode alone, and the degrees clockwise to turn their pictures. */
export interface StillUnit { readonly codec: 'h265' | 'h264'; readonly rotation?: number | undefined }

/** Arguments for one picture of the access units on stdin. */
export function stillArguments({ codec, rotation }: StillUnit, encoding: Encoding, facts: FfmpegFacts): string[] {
  const command = newCommand()
    .input('pipe:0')
    .inputOptions([...GLOBAL, '-threads', '1', '-f', codec === 'h265' ? 'hevc' : 'h264'])
    .complexFilter(stillGraph(encoding.encoder, rotation));
  return finishArguments(command, encoding, facts, undefined, ['-frames:v', '1']);
}

/**
 * Start of the media time of copied access units; µs. NUT can't hold negative times, which a file with an edit list, a
 * clock that restarts, or a time stamp hours in the past would have otherwise.
 */
export const COPY_OFFSET_US = 10_000_000_000_000;
/** Raw streams have no time stamps, and neither has the start of an RTSP stream with B-frames. */
const COPY_PTS = String.raw`if(lt(abs(PTS)\,9e15)\,PTS\,if(lt(abs(DTS)\,9e15)\,DTS\,PREV_OUTPTS+1))`;
/** ffmpeg overwrites times unless dts rises: with dts set to rise, it leaves pts as it is. */
const COPY_DTS = `N-floor(${COPY_OFFSET_US / 1e6}/TB)`;
/** A seek goes this far before the point of resumption: a container's index has other times than its pictures; µs. */
const SEEK_MARGIN_US = 1_000_000;

/** Time that a source may take to describe its pictures; undefined: ffmpeg's own 5 s. */
type Patience = number | undefined;

/** Without parameter sets in its description, a source states its size with its first keyframe; nothing can be copied before. */
function waiting(patience: Patience): string[] {
  return patience === undefined ? [] : ['-analyzeduration', String(patience * 1000), '-probesize', String(PATIENT_BYTES)];
}

/** Bytes kept while the description is read: half a minute of 16 Mbit/s. */
const PATIENT_BYTES = 64 * 1024 ** 2;

/** Arguments for passing on a source's own access units. */
export function copyArguments(
  input: SourceInput, facts: FfmpegFacts, { stream, patience }: StreamSelection & { readonly patience: Patience }, resume?: ResumePoint,
): string[] {
  const isPaced = input.paced === true;
  const seekUs = isPaced ? Math.max(0, (resume?.afterPts ?? 0) - SEEK_MARGIN_US) : 0;
  const command = newCommand()
    .input(input.url)
    .inputOptions([
      // For AVI and other containers that have only decoding times.
      ...GLOBAL, '-fflags', '+genpts',
      // An access unit has the same time, no matter where reading begins.
      ...(isPaced ? ['-copyts', '-start_at_zero'] : []),
      ...(seekUs === 0 ? [] : ['-ss', (seekUs / 1e6).toFixed(6)]),
      ...waiting(patience),
      ...input.options,
    ]);
  command.output('pipe:1').outputOptions([
    '-map', `0:V:${stream}`, '-c:v', 'copy',
    // Access units before the first keyframe are counted, not lost silently.
    '-copyinkf',
    ...(facts.major < 5 ? [] : ['-bsf:v', `setts=pts=${COPY_PTS}:dts=${COPY_DTS}`]),
    '-avoid_negative_ts', 'disabled', '-output_ts_offset', String(COPY_OFFSET_US / 1e6),
    ...NUT,
  ]);
  return argumentsOf(command);
}

/** Arguments for reading a source's description only: ffmpeg is stopped as soon as it has arrived. */
export function lookArguments(input: SourceInput, patience: Patience): string[] {
  const command = newCommand().input(input.url).inputOptions([...GLOBAL, ...waiting(patience), ...input.options]);
  return argumentsOf(command.output('-').outputOptions(['-map', '0:V', '-c:v', 'copy', '-f', 'null']));
}

/** Options of one output stream, each with its stream specifier. */
export function streamOptions(options: Readonly<Record<string, string>>, stream: string): string[] {
  return Object.entries(options).flatMap(([name, value]) => [`-${name.split(':')[0] ?? name}:${stream}`, value]);
}

/** Adds the last output, `[v]` on stdout, and returns the arguments of the command. */
export function finishArguments(
  command: FfmpegCommand, encoding: Encoding | undefined, facts: FfmpegFacts, { pictures }: Partial<Expected> = {}, more: readonly string[] = [],
): string[] {
  const encoded = encoding === undefined ? ['-c:v', 'rawvideo'] : encodedBy(encoding, facts, pictures);
  command.output('pipe:1').outputOptions(['-map', '[v]', ...encoded, ...more, ...muxing(facts)]);
  return argumentsOf(command);
}

function encodedBy({ encoder, step }: Encoding, facts: FfmpegFacts, pictures: ExpectedPictures = {}): string[] {
  const padding = paddingOf(encoder, pictures);
  return [
    '-c:v', encoder.name, ...streamOptions(encoder.options(step, facts, pictures), 'v'),
    ...(padding === undefined ? [] : ['-bsf:v', `hevc_metadata=${cropped(padding)}`]),
  ];
}

/** Crops the padding away. On a side without padding, x265's own cropping of incomplete coding units is left as it is. */
function cropped({ width, height }: Size): string {
  return [...(width > 0 ? [`crop_right=${width}`] : []), ...(height > 0 ? [`crop_bottom=${height}`] : [])].join(':');
}

/** The arguments of a command. */
export function argumentsOf(command: FfmpegCommand): string[] {
  return command._getArguments();
}

/** The index at the end needs every syncpoint in memory: hundreds of MB a day. */
const NUT = ['-write_index', '0', '-flush_packets', '1', '-f', 'nut'];

function muxing(facts: FfmpegFacts): string[] {
  return [
    // Every picture keeps its own time; none is duplicated or dropped for a constant rate.
    facts.fpsMode ? '-fps_mode' : '-vsync', 'passthrough',
    '-enc_time_base', '1:1000000',
    // With more threads, the encoders rawvideo and mjpeg delay each picture by one.
    '-threads', '1',
    ...NUT,
  ];
}
