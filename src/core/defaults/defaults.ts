/** The default of every option in one place, with its unit and its reason. What no option changes is in limits.ts. */
export { LIVENESS, REMOTE_CODECS, SOURCE, TEST_SOURCE } from './source.js';

/** Reconnecting. */
export const RETRY = {
  /** First wait, ms: long enough for a camera's session to expire at its end. */
  initialMs: 5_000,
  /** Longest wait, ms: a camera that is back is in use half a minute later at most. */
  maxMs: 30_000,
  /** Each wait is this many times the one before it. */
  factor: 2,
  /** Share of each wait that is random, 0 to 1; set it where many cameras hang on one server. */
  jitter: 0,
  /** Frames must flow this long without a break before the waits start from `initialMs` again; ms. */
  stableAfterMs: 30_000,
} as const;

/** The outbox of one topic and key, and of a broker handle. */
export const OUTBOX = {
  /** Bytes retained for one topic and key: at 20 kB an access unit, more than a minute of 10 fps. */
  maxBytes: 16 * 1024 * 1024,
  /** Messages for one topic and key. */
  maxMessages: 1_000,
  /** Bytes retained for a whole broker handle. */
  handleMaxBytes: 256 * 1024 * 1024,
  /** A source that can wait is paused above this share of the bounds … */
  highWater: 0.5,
  /** … and goes on below this one. */
  lowWater: 0.25,
} as const;

/** A sink of the user's own. */
export const DELIVER = {
  /** One value after the other. */
  concurrency: 1,
} as const;

/** Sending. */
export const BROKER = {
  /** How long a message waits for others to go in the same request; ms. */
  lingerMs: 5,
  /** Messages of one topic and key in the request under way, at most. */
  maxInFlight: 16,
  /** Bytes of one request, at most: Kafka's own default for a request is 100 MiB, for a message 1 MiB. */
  maxRequestBytes: 8 * 1024 * 1024,
  /** Bytes of all requests under way: the clients keep a copy of each until it is answered. */
  maxBytesUnderWay: 32 * 1024 * 1024,
  /** First wait after a failed request; doubles up to `retryMaxMs`. */
  retryInitialMs: 250,
  retryMaxMs: 10_000,
  /** A request without an answer; ms. */
  requestTimeoutMs: 10_000,
  connectTimeoutMs: 5_000,
  /** Failures in a row after which the brokers function is asked again and the connection is made anew. */
  refreshAfterFailures: 3,
  /** Deadline of `close()`; ms. */
  closeDeadlineMs: 5_000,
  /** After that a connection that does not end in order is left to itself; ms. */
  disconnectTimeoutMs: 2_000,
} as const;

/** Kafka. */
export const KAFKA = {
  /** The client library that is installed with rxcam. */
  driver: 'kafkajs',
  clientId: 'rxcam',
  ssl: false,
  /** Encoded video gets no smaller. */
  compression: 'none',
  createTopics: true,
  /** Largest message that a topic made by rxcam takes: an intra picture of 4K at a low CRF. */
  maxMessageBytes: 10 * 1024 * 1024,
  numPartitions: 1,
  replicationFactor: 1,
  /** All in-sync replicas: a message that is acknowledged survives a leader's loss. */
  acks: -1,
} as const;

/** Redis Streams. */
export const REDIS = {
  /** Entries kept for one stream, approximately. */
  maxLen: 10_000,
  /** Bytes kept for one stream, of what this handle has written. */
  maxStreamBytes: 256 * 1024 * 1024,
  /** The server's limit for one value (proto-max-bulk-len). */
  maxMessageBytes: 512 * 1024 * 1024,
  /** A connection that is closed has so long to end in order; ms. */
  disconnectTimeoutMs: 500,
} as const;

/** The embedded broker. */
export const MEMORY = {
  /** Messages kept for one topic; the oldest go first. */
  maxMessages: 1_000,
  /** Bytes kept for one topic. */
  maxBytes: 64 * 1024 * 1024,
  /** There is no request to share. */
  lingerMs: 0,
} as const;

/** H.265. */
export const H265 = {
  /** Every message decodes alone: a consumer may start anywhere and lose what it likes. */
  mode: 'frame',
  /** x265's constant rate factor, 0 (lossless) to 51; 23 gives SSIM 0.97 on surveillance footage. */
  crf: 23,
  /** Measured: the cheapest that keeps the quality, tuned in src/ffmpeg/command/encoder/x265.ts. */
  preset: 'ultrafast',
  /** Pictures from one keyframe to the next in stream mode: two seconds at 25 fps. */
  gop: 50,
  /** Software is everywhere, and the same everywhere. */
  hardware: false,
  /** What is sent is then the source's: its gop, its quality, its order. */
  reuse: false,
} as const;

/** JPEG. */
export const JPEG = {
  /** 1 (worst) to 100: SSIM 0.965 on generated footage, at a third of the bytes of 95. */
  quality: 80,
} as const;

/** A picture on request; ms. Longer than a camera may take for its first picture by default, and than the longest wait to reconnect. */
export const SNAPSHOT = { timeoutMs: 60_000 } as const;

/** The `matrice` format. */
export const MATRICE = {
  /** `ip_key_name`: the service that the messages are for. */
  serviceId: 'rxcam',
  /** `location` where none is given, in the words of the system that rxcam follows. */
  location: 'Unknown Location',
} as const;

/** Statistics. */
export const STATS = {
  /** ms between two values of `stats$`. */
  every: 1_000,
  /** Published frames between two log lines. */
  logEveryFrames: 50,
} as const;

/** Leaving out what has not changed: mpdecimate's own 12 levels of 255; who joins sees something within 10 s. */
export const UNCHANGED = { threshold: 12 / 255, maxGapMs: 10_000 } as const;

/** Scaling. */
export const RESIZE = {
  fit: 'inside',
  /** A larger picture has no more in it. */
  enlarge: false,
  /** What is made of a picture seldom asks for the shape of its pixels. */
  squarePixels: true,
  /** About 1 ms a picture for 1080p to 640x360; the sharper ones take 2 to 3. */
  algorithm: 'bilinear',
} as const;

/** CameraStreamer: those of the system that rxcam follows. */
export const STREAMER = {
  videoCodec: 'h265',
  h265Mode: 'frame',
  h265Quality: 23,
  useHardware: false,
  stripInputContent: false,
  /** Failures in a row after which the broker is asked for anew. */
  connectionRefreshThreshold: 10,
  /** A function that says where the broker is is asked no more often; ms. */
  connectionRefreshIntervalMs: 60_000,
  /** JPEG, 1 (worst) to 100. */
  quality: 85,
  simulateVideoFileStream: false,
  isVideoChunk: false,
} as const;
