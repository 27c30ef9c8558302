/** The default of every option in one place, with its unit and its reason. Fixed numbers are in limits.ts. */
export { LIVENESS, REMOTE_CODECS, SOURCE, TEST_SOURCE } from './source.js';

/** Reconnecting. */
export const RETRY = {
  /** First wait, ms: long enough for the camera's session to expire. */
  initialMs: 5_000,
  /** Longest wait, ms: a camera that is back is used within half a minute. */
  maxMs: 30_000,
  /** Each wait is this many times the one before it. */
  factor: 2,
  /** Share of each wait that is random, 0 to 1: for many cameras that share one server. */
  jitter: 0,
  /** Time for which frames must arrive without a break before waits start from `initialMs` again; ms. */
  stableAfterMs: 30_000,
} as const;

/** The outbox: the messages that wait for the broker. */
export const OUTBOX = {
  /** Bytes that may wait for one topic and key: more than a minute at 10 fps and 20 kB an access unit. */
  maxBytes: 16 * 1024 * 1024,
  /** Messages that may wait for one topic and key. */
  maxMessages: 1_000,
  /** Bytes that may wait in a whole broker handle. */
  handleMaxBytes: 256 * 1024 * 1024,
  /** A source that can wait is paused above this share of the bounds … */
  highWater: 0.5,
  /** … and resumes below this one. */
  lowWater: 0.25,
} as const;

/** A sink in user code. */
export const DELIVER = {
  /** One value after the other. */
  concurrency: 1,
} as const;

/** Sending. */
export const BROKER = {
  /** Time for which a message waits for others to share its request; ms. */
  lingerMs: 5,
  /** Maximum number of messages of one topic and key in a request. */
  maxInFlight: 16,
  /** Maximum size of a request in bytes. Kafka's own default for a request is 100 MiB, for a message 1 MiB. */
  maxRequestBytes: 8 * 1024 * 1024,
  /** Bytes of all requests in progress: the clients keep a copy of each until it is answered. */
  maxBytesInFlight: 32 * 1024 * 1024,
  /** First wait after a failed request, doubled up to `retryMaxMs`; ms. */
  retryInitialMs: 250,
  /** Longest wait; ms. */
  retryMaxMs: 10_000,
  /** Time limit of a request; ms. */
  requestTimeoutMs: 10_000,
  /** Time limit of a connection attempt; ms. */
  connectTimeoutMs: 5_000,
  /** Failures in a row after which the function given as `brokers` is called again, and the connection is replaced. */
  refreshAfterFailures: 3,
  /** Deadline of `close()`; ms. */
  closeDeadlineMs: 5_000,
  /** Further time after which a connection that has not closed cleanly is abandoned; ms. */
  disconnectTimeoutMs: 2_000,
} as const;

/** Kafka. */
export const KAFKA = {
  /** The client library that is installed with rxcam. */
  driver: 'kafkajs',
  clientId: 'rxcam',
  ssl: false,
  /** Encoded video can't be compressed further. */
  compression: 'none',
  createTopics: true,
  /** Maximum size of a message in a topic that rxcam creates, in bytes: an intra picture of 4K at a low CRF. */
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
  /** Bytes kept for one stream, of those that this handle has written. */
  maxStreamBytes: 256 * 1024 * 1024,
  /** The server's limit for one value (proto-max-bulk-len). */
  maxMessageBytes: 512 * 1024 * 1024,
  /** Time limit for closing a connection cleanly; ms. */
  disconnectTimeoutMs: 500,
} as const;

/** The embedded broker. */
export const MEMORY = {
  /** Messages kept for one topic; the oldest are removed first. */
  maxMessages: 1_000,
  /** Bytes kept for one topic. */
  maxBytes: 64 * 1024 * 1024,
  /** No wait: there is no request to share. */
  lingerMs: 0,
} as const;

/** H.265. */
export const H265 = {
  /** Every message decodes alone: a consumer may start at any message, and survives the loss of any. */
  mode: 'frame',
  /** x265's constant rate factor, 0 (lossless) to 51 (worst); 23 gives SSIM 0.97 on surveillance footage. */
  crf: 23,
  /** By measurement, the cheapest preset that keeps the quality; tuned in src/ffmpeg/command/encoder/x265.ts. */
  preset: 'ultrafast',
  /** Pictures from one keyframe to the next in stream mode: two seconds at 25 fps. */
  gop: 50,
  /** Software encoding works everywhere, with the same result. */
  hardware: false,
  /** Reuse sends the source's own GOP, quality and order. */
  reuse: false,
} as const;

/** JPEG. */
export const JPEG = {
  /** 1 (worst) to 100: SSIM 0.965 on generated footage, at a third of the bytes of 95. */
  quality: 80,
} as const;

/** A picture on request. The time limit (ms) is longer than a camera's default one for its first picture, and than the longest wait to reconnect. */
export const SNAPSHOT = { timeoutMs: 60_000 } as const;

/** The `matrice` format. */
export const MATRICE = {
  /** `ip_key_name`: the service that the messages are for. */
  serviceId: 'rxcam',
  /** Default `location`, as in the system that defines the format. */
  location: 'Unknown Location',
} as const;

/** Statistics. */
export const STATS = {
  /** ms between two values of `stats$`. */
  every: 1_000,
  /** Published frames between two log lines. */
  logEveryFrames: 50,
} as const;

/** Skipping unchanged pictures: mpdecimate's own threshold of 12 levels of 255; a new viewer gets a picture within 10 s. */
export const UNCHANGED = { threshold: 12 / 255, maxGapMs: 10_000 } as const;

/** Scaling. */
export const RESIZE = {
  fit: 'inside',
  /** Enlarging adds no detail. */
  enlarge: false,
  /** Most consumers ignore the shape of pixels. */
  squarePixels: true,
  /** Takes about 1 ms for a picture of 1080p to 640x360; the sharper ones take 2 to 3 ms. */
  algorithm: 'bilinear',
} as const;

/** CameraStreamer: the defaults of the system whose interface it has. */
export const STREAMER = {
  videoCodec: 'h265',
  h265Mode: 'frame',
  h265Quality: 23,
  useHardware: false,
  stripInputContent: false,
  /** Failures in a row after which the broker's address is looked up again. */
  connectionRefreshThreshold: 10,
  /** Minimum time between two address lookups; ms. */
  connectionRefreshIntervalMs: 60_000,
  /** JPEG, 1 (worst) to 100. */
  quality: 85,
  simulateVideoFileStream: false,
  isVideoChunk: false,
} as const;
