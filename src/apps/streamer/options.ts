/** Options of CameraStreamer and of each stream. */
import type { Logger } from 'pino';
import { z } from 'zod';
import type { RetryConfig } from '../../../operators/index.js';
import type { KafkaConfig, RedisConfig } from '../../broker/index.js';
import type { CameraConfig } from '../../camera/index.js';
import { STREAMER } from '../../core/defaults/defaults.js';
import type { EncodeMode } from '../../core/frame/frame.js';
import { count, jpegQuality, logger, milliseconds, options as object } from '../../core/options.js';

/** Options of {@link CameraStreamer}. */
export interface CameraStreamerConfig {
  /** The service that the messages are for: `ip_key_name` in the messages. */
  readonly serviceId: string;
  /** Kind of broker. */
  readonly serverType: 'kafka' | 'redis';
  /**
   * Options of `kafka()` or `redis()`. `brokers` or `url` may be an async function, which is called again after
   * `connectionRefreshThreshold` failures, and by `refreshConnectionInfo`.
   */
  readonly connection: KafkaConfig | RedisConfig;
  /** Codec of the streams. Default `h265`. */
  readonly videoCodec?: 'h265' | 'jpeg';
  /** `frame` (default): each message can be decoded alone. `stream`: closed GOPs, with an access unit or a chunk in each message. */
  readonly h265Mode?: EncodeMode;
  /** Constant rate factor, 0 (lossless) to 51 (worst). Default 23. */
  readonly h265Quality?: number;
  /** Whether to encode H.265 in hardware if available. Default false. */
  readonly useHardware?: boolean;
  /** Whether to send messages without content, for consumers that fetch it elsewhere. Default false. */
  readonly stripInputContent?: boolean;
  /** Failed requests in a row after which the connection is replaced, and the broker's address is looked up again. Default 10. */
  readonly connectionRefreshThreshold?: number;
  /** Minimum time between two address lookups after failures, in ms. Default 60,000. */
  readonly connectionRefreshIntervalMs?: number;
  /** Waits before a camera reconnects, with the options and defaults of `retry`. The number of attempts is not limited. */
  readonly retry?: Pick<RetryConfig, 'initialMs' | 'maxMs' | 'factor' | 'jitter' | 'stableAfterMs'>;
  /** Receives the log of each camera. Default: none. */
  readonly logger?: Logger;
}

/** Options of a stream. */
export interface StartStreamConfig {
  /** An address, as for `camera`: a URL, a file, a device. */
  readonly input: string | number;
  /** Frames per second to keep, approximately: every nth frame is kept, n = floor(rate of the source / fps), at least 1. Default: all. */
  readonly fps?: number;
  /** Key of the stream and of its messages. Default: derived from the address. */
  readonly streamKey?: string;
  /** Group of the camera in the messages. Default: none. */
  readonly streamGroupKey?: string;
  /** Topic of the messages. Default: the topic that `registerStreamTopic` has set for the key. */
  readonly topic?: string;
  /** JPEG quality, 1 (worst) to 100. Default 85. */
  readonly quality?: number;
  /** Width in pixels. With only one of width and height, the aspect ratio is kept. Default: the source's. */
  readonly width?: number;
  /** Height in pixels. Default: the source's. */
  readonly height?: number;
  /** Whether to play a file in a loop at its own frame rate, like a camera. Default false. */
  readonly simulateVideoFileStream?: boolean;
  /** Whether each message contains a chunk of pictures (H.265 in stream mode). Default false. */
  readonly isVideoChunk?: boolean;
  /** Length of a chunk, in seconds. Default: one GOP. */
  readonly chunkDurationSeconds?: number;
  /** Number of pictures in a chunk, in place of its length. Default: none. */
  readonly chunkFrames?: number;
  /** Location of the camera, for the messages. Default: none. */
  readonly cameraLocation?: string;
  /** Other options of `camera`. Default: those of `camera`. */
  readonly camera?: Omit<CameraConfig, 'key' | 'logger'>;
}

const CONNECTION = z.custom<KafkaConfig | RedisConfig>((value) => typeof value === 'object' && value !== null, { message: 'expected options of kafka() or redis()' });

export const STREAMER_SCHEMA = object({
  serviceId: z.string().min(1),
  serverType: z.enum(['kafka', 'redis']),
  connection: CONNECTION,
  videoCodec: z.enum(['h265', 'jpeg']).default(STREAMER.videoCodec),
  h265Mode: z.enum(['frame', 'stream']).default(STREAMER.h265Mode),
  h265Quality: z.number().min(0).max(51).default(STREAMER.h265Quality),
  useHardware: z.boolean().default(STREAMER.useHardware),
  stripInputContent: z.boolean().default(STREAMER.stripInputContent),
  connectionRefreshThreshold: count().default(STREAMER.connectionRefreshThreshold),
  connectionRefreshIntervalMs: milliseconds().default(STREAMER.connectionRefreshIntervalMs),
  retry: z.custom<CameraStreamerConfig['retry']>((value) => typeof value === 'object' && value !== null, { message: 'expected options of retry()' }).optional(),
  logger: logger().optional(),
});

export const START_SCHEMA = object({
  input: z.union([z.string().min(1), z.number().int().min(0)]),
  fps: z.number().positive().max(1000).optional(),
  streamKey: z.string().min(1).max(200).optional(),
  streamGroupKey: z.string().optional(),
  topic: z.string().min(1).optional(),
  quality: jpegQuality().default(STREAMER.quality),
  width: count().optional(),
  height: count().optional(),
  simulateVideoFileStream: z.boolean().default(STREAMER.simulateVideoFileStream),
  isVideoChunk: z.boolean().default(STREAMER.isVideoChunk),
  chunkDurationSeconds: z.number().positive().optional(),
  chunkFrames: count().optional(),
  cameraLocation: z.string().optional(),
  // `camera` checks its contents.
  camera: z.custom<StartStreamConfig['camera']>(isCameraConfig, { message: "expected options of camera(), without key (streamKey) and logger (the streamer's)" }).optional(),
}).refine(({ isVideoChunk, chunkFrames, chunkDurationSeconds }) => isVideoChunk || (chunkFrames ?? chunkDurationSeconds) === undefined, {
  message: 'chunkFrames and chunkDurationSeconds are for isVideoChunk: true',
});

function isCameraConfig(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !('key' in value) && !('logger' in value);
}

export type StreamerOptions = z.output<typeof STREAMER_SCHEMA>;
export type StartOptions = z.output<typeof START_SCHEMA>;
