/** Facts about a frame in the matrice layout, with the names of the system that defines it. */
import { wall } from '../../core/clock.js';
import { MATRICE } from '../../core/defaults/defaults.js';
import type { Codec, EncodedFrame, SourceInfo, Unchanged } from '../../core/frame/frame.js';
import { digest } from '../digest.js';
import type { MessageContext } from '../format.js';
import { type Json, float } from './json.js';

type Fields = Readonly<Record<string, Json>>;

/** `stream_type` of each kind of source; `camera` for any other. */
const STREAM_TYPES: Readonly<Record<string, string>> = { 'rtsp': 'rtsp', 'http': 'http', 'http-file': 'video_file', 'file': 'video_file' };

/** `video_format`: file extensions for a consumer that stores the bytes. */
const EXTENSIONS: Readonly<Record<Codec, string>> = { h265: '.h265', h264: '.h264', jpeg: '.jpg' };

/** Whether the bytes are part of a stream, and may not decode alone. Consumers pass them to a decoder that keeps its state. */
export function isSegment(frame: EncodedFrame): boolean {
  return frame.mode === 'stream';
}

/** The members of `stream_info` after the broker and the topic. */
export function infoOf(context: MessageContext): Fields {
  return { stream_time: streamTime(wall()), camera_info: cameraOf(context) };
}

/** The members of `input_stream` after `stream_info`. */
export function inputStreamOf(frame: EncodedFrame, context: MessageContext): Fields {
  const { width, height, source, data, fps = 0 } = frame;
  return {
    feed_type: streamType(source) === 'video_file' ? 'disk' : 'camera',
    original_fps: float(source?.fps ?? 0),
    stream_fps: fps,
    stream_unit: isSegment(frame) ? 'segment' : 'frame',
    input_order: context.inputOrder,
    frame_count: frame.frames,
    start_frame: frame.seq,
    end_frame: frame.lastSeq,
    video_codec: frame.unchanged === undefined ? frame.codec : 'cached',
    bw_opt_alg: null,
    original_resolution: { width: source?.width ?? null, height: source?.height ?? null },
    stream_resolution: { width, height },
    camera_info: cameraOf(context),
    latency_stats: latencyOf(context),
    content: context.stripInputContent === true ? '' : data.toString('base64'),
    input_hash: frame.unchanged === undefined ? digest('md5', data) : null,
    stream_type: streamType(source),
    frame_sample_rate: float(source?.fps !== undefined && fps > 0 ? source.fps / fps : 1),
    video_timestamp: videoTimestamp(frame.pts),
    video_properties: propertiesOf(source),
    is_video_chunk: isSegment(frame),
    ...chunkOf(frame),
    video_format: EXTENSIONS[frame.codec],
    ...(frame.unchanged === undefined ? encodingOf(frame) : referenceOf(frame.unchanged, context)),
  };
}

function streamType(source: SourceInfo | undefined): string {
  return STREAM_TYPES[source?.kind ?? ''] ?? 'camera';
}

function cameraOf({ name, key, group, location }: MessageContext): Fields {
  return { camera_name: name ?? key, camera_group: group ?? null, location: location ?? MATRICE.location };
}

function latencyOf({ lastTimes: { readMs, writeMs, processMs } = { readMs: 0, writeMs: 0, processMs: 0 } }: MessageContext): Fields {
  return {
    last_read_time_sec: float(readMs / 1_000), last_write_time_sec: float(writeMs / 1_000), last_process_time_sec: float(processMs / 1_000),
  };
}

/** Properties of the source. Its number of pictures is computed from its length and rate. */
function propertiesOf(source: SourceInfo | undefined): Fields {
  const { fps = 0, durationSeconds = 0, width = null, height = null } = source ?? {};
  return { original_fps: float(fps), frame_count: Math.round(durationSeconds * fps), width, height };
}

function chunkOf(frame: EncodedFrame): Fields {
  if (!isSegment(frame)) return {};
  const { frames, fps } = frame;
  return { chunk_duration_seconds: fps === undefined ? undefined : float(frames / fps), chunk_frames: frames };
}

function encodingOf(frame: EncodedFrame): Fields {
  if (frame.codec === 'jpeg') return { encoding_type: 'jpeg' };
  const type = `${frame.codec}_${isSegment(frame) ? 'stream_chunk' : 'frame'}`;
  return { encoding_type: type, compression_format: frame.codec === 'h265' ? 'hevc' : undefined };
}

/** The members about a picture that looks like the last full one, in place of those about its encoding. */
function referenceOf({ similarity, threshold, reference: { seq, data } }: Unchanged, { referenceOrder }: MessageContext): Fields {
  return {
    similarity_score: float(similarity),
    skip_reason: 'unchanged',
    difference_metadata: { threshold: float(threshold), reference_frame: seq, reference_order: referenceOrder },
    reference_input_hash: digest('md5', data),
  };
}

/** `2026-01-02-03:04:05.678000 UTC`. */
function streamTime(ms: number): string {
  return new Date(ms).toISOString().replace('T', '-').replace('Z', '000 UTC');
}

/** `00:01:02:345`. */
function videoTimestamp(us: number): string {
  const ms = Math.floor(us / 1_000);
  const padded = (value: number, digits = 2) => String(value).padStart(digits, '0');
  const parts = [ms / 3_600_000, (ms / 60_000) % 60, (ms / 1_000) % 60].map((value) => padded(Math.floor(value)));
  return `${parts.join(':')}:${padded(ms % 1_000, 3)}`;
}
