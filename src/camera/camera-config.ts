/** Options of `camera`. */
import type { Logger } from 'pino';
import { z } from 'zod';
import { LIVENESS, SOURCE, STATS } from '../core/defaults/defaults.js';
import type { Engine } from '../core/engine/engine.js';
import { PIXEL_FORMATS, type PixelFormat } from '../core/frame/frame.js';
import { byteCount, callback, count, logger, milliseconds, options } from '../core/options.js';
import type { Deinterlace } from '../core/plan/plan.js';
import { HOSTS_SCHEMA, type SourceOptions } from '../source/index.js';

/** Options of `camera`. */
export interface CameraConfig extends SourceOptions {
  /** Name of the camera in messages, events and errors. Default: derived from the address, without credentials. */
  readonly key?: string | undefined;
  /** Pixel format of raw frames. Default `yuv420p`. */
  readonly pixelFormat?: PixelFormat | undefined;
  /** Pictures to deinterlace: those that the source marks as interlaced (`auto`, the default), all (`true`) or none (`false`). */
  readonly deinterlace?: Deinterlace | undefined;
  /** Files: whether to play the file in a loop; `seq` and media time continue. Default false. */
  readonly loop?: boolean | undefined;
  /** Longest time from the start of a capture until the source answers, in ms. Default 10,000. */
  readonly connectTimeoutMs?: number | undefined;
  /** Longest time from the answer to the first picture, in ms. Default 45,000, because some cameras take 40 s. */
  readonly firstFrameTimeoutMs?: number | undefined;
  /** Length of a read window, in ms; a window without a frame is a read failure. Default 1,000. It is at least three frame times. */
  readonly readWindowMs?: number | undefined;
  /** Read failures in a row that cause a reconnect. Default 10. */
  readonly maxReadFailures?: number | undefined;
  /** RTSP and HTTP: codecs to decode in addition to those that cameras use, by ffmpeg's names. Default: none. */
  readonly codecs?: readonly string[] | undefined;
  /** The largest picture to decode, in pixels. Default 64,000,000. */
  readonly maxPixels?: number | undefined;
  /** Niceness of the camera's processes: 0 (default) to 19, the lowest priority. */
  readonly nice?: number | undefined;
  /**
   * Whether the ffmpeg of 2018 that is included with rxcam may read from a network. Default false, because vulnerabilities
   * found since then are not fixed in it. `RXCAM_ALLOW_OLD_FFMPEG=1` allows it for all cameras.
   */
  readonly allowOldFfmpeg?: boolean | undefined;
  /** Receives a line for each change of state, and one with the counts every `logEveryFrames` published frames. Default: none. */
  readonly logger?: Logger | undefined;
  /** Published frames between two lines of counts in the log. Default 50. */
  readonly logEveryFrames?: number | undefined;
  /** Engine that runs the plan in place of ffmpeg, such as the one of `rxcam/testing`. Default: ffmpeg. */
  readonly engine?: Engine | undefined;
}

export const CAMERA_SCHEMA = options({
  key: z.string().min(1).max(200).optional(),
  pixelFormat: z.enum(PIXEL_FORMATS).default(SOURCE.pixelFormat),
  transport: z.enum(['tcp', 'udp', 'auto']).default(SOURCE.transport),
  bufferBytes: byteCount().optional(),
  latency: z.enum(['low', 'smooth']).default(SOURCE.latency),
  decoderThreads: z.number().int().min(0).max(64).default(SOURCE.decoderThreads),
  stream: z.union([z.enum(['largest', 'first']), z.number().int().min(0).max(999)]).default(SOURCE.stream),
  deinterlace: z.union([z.literal('auto'), z.boolean()], { error: "expected 'auto', true or false" }).default(SOURCE.deinterlace),
  pace: z.enum(['asap', 'realtime']).optional(),
  loop: z.boolean().default(SOURCE.loop),
  download: z.boolean().default(SOURCE.download),
  cacheDir: z.string().min(1).optional(),
  maxDownloadBytes: byteCount().default(SOURCE.maxDownloadBytes),
  minDownloadBytesPerSecond: z.number().min(0).default(SOURCE.minDownloadBytesPerSecond),
  allowLocalPlaylists: z.boolean().default(SOURCE.allowLocalPlaylists),
  hosts: HOSTS_SCHEMA.optional(),
  fps: z.number().positive().max(1000).optional(),
  size: options({ width: count(), height: count() }).optional(),
  connectTimeoutMs: milliseconds().default(LIVENESS.connectTimeoutMs),
  firstFrameTimeoutMs: milliseconds().default(LIVENESS.firstFrameTimeoutMs),
  readWindowMs: milliseconds().min(1).default(LIVENESS.readWindowMs),
  maxReadFailures: count().default(LIVENESS.maxReadFailures),
  codecs: z.array(z.string().regex(/^\w{1,40}$/, "expected ffmpeg's names, such as 'svq1'")).max(100).default([]),
  maxPixels: z.number().int().min(256).max(1_000_000_000).default(SOURCE.maxPixels),
  nice: z.number().int().min(0).max(19).default(SOURCE.nice),
  allowOldFfmpeg: z.boolean().default(SOURCE.allowOldFfmpeg),
  logger: logger().optional(),
  logEveryFrames: count().default(STATS.logEveryFrames),
  engine: callback<Engine>().optional(),
});
