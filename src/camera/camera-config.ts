/** Options of `camera`. */
import type { Logger } from 'pino';
import { z } from 'zod';
import { LIVENESS, SOURCE, STATS } from '../core/defaults/defaults.js';
import type { Engine } from '../core/engine/engine.js';
import { PIXEL_FORMATS, type PixelFormat } from '../core/frame/frame.js';
import { byteCount, callback, count, logger, milliseconds, options } from '../core/options.js';
import type { Deinterlace } from '../core/plan/plan.js';
import type { StreamChoice } from '../core/source.js';
import { HOSTS_SCHEMA, type HostsConfig } from '../source/index.js';

/** Options of `camera`. */
export interface CameraConfig {
  /** Name of the camera in messages, events and errors. Default: made of the address, without credentials. */
  readonly key?: string | undefined;
  /** Pixel format of raw frames. Default `yuv420p`. */
  readonly pixelFormat?: PixelFormat | undefined;
  /** RTSP: `tcp` (default), `udp`, or `auto`: TCP, and UDP where the camera offers no TCP. */
  readonly transport?: 'tcp' | 'udp' | 'auto' | undefined;
  /** Live sources: size of the socket's (or, with dshow, the device's) buffer in bytes. Default: the system's. */
  readonly bufferBytes?: number | undefined;
  /** Live sources: `smooth` (default) waits up to 0.5 s for packets out of order, `low` does not. */
  readonly latency?: 'low' | 'smooth' | undefined;
  /** Threads of the decoder: 1 (default) costs the least CPU and memory, 0 lets ffmpeg choose. */
  readonly decoderThreads?: number | undefined;
  /** Which video stream of several: `largest` (default), `first`, or its number, counted from 0. */
  readonly stream?: StreamChoice | undefined;
  /** Whether to deinterlace: `auto` (default) the pictures that the source flags, `true` all, `false` none. */
  readonly deinterlace?: Deinterlace | undefined;
  /** Files and `test:`: as fast as frames are taken, or at the source's own pace. Default `asap` for files, `realtime` for `test:`. */
  readonly pace?: 'asap' | 'realtime' | undefined;
  /** Files: play it again and again; `seq` and media time continue. Default false. */
  readonly loop?: boolean | undefined;
  /** HTTP files: download into the cache first (default true), or read in place. */
  readonly download?: boolean | undefined;
  /** HTTP files: folder of the cache. Default: `rxcam` in the user's cache folder. */
  readonly cacheDir?: string | undefined;
  /** HTTP files: largest download in bytes. Default 4 GiB. */
  readonly maxDownloadBytes?: number | undefined;
  /** HTTP files: rxcam gives up a download that brings fewer bytes a second, over a minute. Default 1,000; 0 lets any pass. */
  readonly minDownloadBytesPerSecond?: number | undefined;
  /** Files: whether a playlist may name files outside its own folder. Default false. */
  readonly allowLocalPlaylists?: boolean | undefined;
  /**
   * RTSP and HTTP: hosts that the camera may lead to, by its address, redirects, playlists and keys alike: `allow` (nothing
   * else then) and `deny`, each names, `*.names`, addresses or CIDR. Default: all except link-local addresses and the metadata
   * of clouds, unless the camera's own address is one.
   */
  readonly hosts?: HostsConfig | undefined;
  /** Devices: frame rate to request; frames per second. */
  readonly fps?: number | undefined;
  /** Devices: picture size to request, in pixels. */
  readonly size?: { readonly width: number; readonly height: number } | undefined;
  /** From the start of a capture until the source answers; ms. Default 10,000. */
  readonly connectTimeoutMs?: number | undefined;
  /** From the answer to the first picture; ms. Default 45,000: some cameras take 40 s. */
  readonly firstFrameTimeoutMs?: number | undefined;
  /** A read window without a frame is a read failure; ms. Default 1,000, and never less than three frame times. */
  readonly readWindowMs?: number | undefined;
  /** Read failures in a row that make a reconnect. Default 10. */
  readonly maxReadFailures?: number | undefined;
  /** RTSP and HTTP: further codecs to decode besides those that cameras use, by ffmpeg's names. Default none. */
  readonly codecs?: readonly string[] | undefined;
  /** The largest picture to decode, in pixels. Default 64,000,000. */
  readonly maxPixels?: number | undefined;
  /** Niceness of the camera's processes: 0 (default) to 19, the lowest priority. */
  readonly nice?: number | undefined;
  /**
   * Lets the ffmpeg of 2018 that comes with rxcam read from a network. Default false: vulnerabilities found in it since then
   * are not fixed. `RXCAM_ALLOW_OLD_FFMPEG=1` does the same for all cameras.
   */
  readonly allowOldFfmpeg?: boolean | undefined;
  /** Receives one line for each change of state, and one with the figures of the report every `logEveryFrames` published frames. */
  readonly logger?: Logger | undefined;
  /** Default 50. */
  readonly logEveryFrames?: number | undefined;
  /** Runs the plan in place of ffmpeg; `rxcam/testing` has one. */
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
