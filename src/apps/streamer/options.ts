/** Options of CameraStreamer: of the streamer, and of each stream. */
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
  /** The service that the messages are for: `ip_key_name` in each of them. */
  readonly serviceId: string;
  /** Kind of broker. */
  readonly serverType: 'kafka' | 'redis';
  /**
   * Where the broker is: options of `kafka()` or `redis()`. `brokers`, or `url`, may be an async function, which is asked
   * again when the connection keeps failing and by `refreshConnectionInfo`.
   */
  readonly connection: KafkaConfig | RedisConfig;
  /** What streams are encoded with. Default `h265`. */
  readonly videoCodec?: 'h265' | 'jpeg';
  /** `frame` (default): every message decodes alone. `stream`: closed GOPs, an access unit or a chunk in a message. */
  readonly h265Mode?: EncodeMode;
  /** Constant rate factor, 0 (lossless) to 51 (worst). Default 23. */
  readonly h265Quality?: number;
  /** Whether H.265 is encoded by hardware where there is some. Default false. */
  readonly useHardware?: boolean;
  /** Whether messages go without their content, for consumers that fetch it elsewhere. Default false. */
  readonly stripInputContent?: boolean;
  /** Failed requests in a row after which the broker is asked for and connected to anew. Default 10. */
  readonly connectionRefreshThreshold?: number;
  /** A function given as `brokers` or `url` is asked no more often because of failures; ms. Default 60,000. */
  readonly connectionRefreshIntervalMs?: number;
  /** Waits of a stream whose camera has failed, as in `retry`; it never gives up. */
  readonly retry?: Pick<RetryConfig, 'initialMs' | 'maxMs' | 'factor' | 'jitter' | 'stableAfterMs'>;
  /** A pino logger, given to each camera. */
  readonly logger?: Logger;
}

/** Options of a stream. */
export interface StartStreamConfig {
  /** What `camera` takes as an address: a URL, a file, a device. */
  readonly input: string | number;
  /** Pictures a second that are wanted: every nth is kept, n = floor(rate of the source / fps), at least 1. Default: all. */
  readonly fps?: number;
  /** Key of the stream and of its messages. Default: made of the address. */
  readonly streamKey?: string;
  /** Group of the camera in the messages. */
  readonly streamGroupKey?: string;
  /** Where the messages go. Default: what `registerStreamTopic` was told for the key. */
  readonly topic?: string;
  /** JPEG, 1 (worst) to 100. Default 85. */
  readonly quality?: number;
  /** Pixels; with one side the other keeps the aspect, with both it is given up. Default: the source's. */
  readonly width?: number;
  readonly height?: number;
  /** Whether a file is played at its own pace and over and over, as a camera would come. Default false. */
  readonly simulateVideoFileStream?: boolean;
  /** Whether a message carries a chunk of pictures (H.265 in stream mode). Default false. */
  readonly isVideoChunk?: boolean;
  /** Length of a chunk. */
  readonly chunkDurationSeconds?: number;
  /** Pictures of a chunk, in place of its length. */
  readonly chunkFrames?: number;
  /** Where the camera stands. */
  readonly cameraLocation?: string;
  /** Options of `camera`: which stream, which hosts, time limits … */
  readonly camera?: Omit<CameraConfig, 'key' | 'logger'>;
}

const ADDRESS = z.custom<KafkaConfig | RedisConfig>((value) => typeof value === 'object' && value !== null, { message: 'expected options of kafka() or redis()' });

export const STREAMER_SCHEMA = object({
  serviceId: z.string().min(1),
  serverType: z.enum(['kafka', 'redis']),
  connection: ADDRESS,
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
  // `camera` itself looks at what is in it.
  camera: z.custom<StartStreamConfig['camera']>(isOfCamera, { message: "expected options of camera(), without key (streamKey) and logger (the streamer's)" }).optional(),
}).refine(({ isVideoChunk, chunkFrames, chunkDurationSeconds }) => isVideoChunk || (chunkFrames ?? chunkDurationSeconds) === undefined, {
  message: 'chunkFrames and chunkDurationSeconds are for isVideoChunk: true',
});

function isOfCamera(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !('key' in value) && !('logger' in value);
}

export type StreamerOptions = z.output<typeof STREAMER_SCHEMA>;
export type StartOptions = z.output<typeof START_SCHEMA>;
