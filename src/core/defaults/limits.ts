/** Numbers that no option changes, with their units and reasons. The defaults of options are in defaults.ts. */
import { LIVENESS } from './defaults.js';

/** Steps on frames from user code. */
export const STAGE = {
  /** Frames of a live source that wait for the child; more are dropped, the oldest first. */
  maxWaiting: 8,
  /** With more frames waiting than this, a source that can wait is paused until none waits. */
  pauseAbove: 2,
  /** Time without an access unit, with frames in the child, after which the child counts as failed; ms. As long as a stall of a source. */
  stallMs: LIVENESS.readWindowMs * LIVENESS.maxReadFailures,
} as const;

/** Filters that the user has written. */
export const FILTERS = {
  /** Number of pictures in ffmpeg above which the oldest counts as left out. A filter that returns all holds 129 at most (deflicker). */
  maxInside: 150,
  /** Maximum number of access units that are read before their heartbeats: many small ones arrive in one chunk. */
  maxEarlyUnits: 1_000,
} as const;

/** Processes; ms. */
export const PROCESS = {
  /** Between SIGTERM and SIGKILL. */
  killAfterMs: 2_000,
  /** Minimum time between two starts for one camera, regardless of its retry options. */
  minStartIntervalMs: 1_000,
  /** Lines of stderr kept for an error. */
  stderrLines: 50,
} as const;

/** The rate of a source that states none. */
export const RATE = {
  /** Highest plausible rate: fast cameras give 240, a time base is 1,000 and more. */
  maxStated: 480,
  /** The rate is measured from this number of pictures … */
  maxPictures: 25,
  /** … or from those that arrive within this time (ms) … */
  waitMs: 1_000,
  /** … or from this number of equal distances between them. */
  evenGaps: 4,
  /** A rate this close to a whole number is rounded to it. */
  tolerance: 0.03,
} as const;

/** Pictures of a multipart stream. */
export const MULTIPART = {
  /** Maximum size of a part: a JPEG of 64 megapixels at the best quality is smaller. */
  maxPartBytes: 64 * 1024 ** 2,
  /** Maximum size of the head of a part. */
  maxHeadBytes: 16 * 1024,
  /** Parts without a picture after which the stream counts as having none. */
  maxOtherParts: 50,
} as const;

/** HTTP sources. */
export const DOWNLOAD = {
  userAgent: 'rxcam',
  maxRedirects: 5,
  /** Maximum size of the cache in bytes; it is trimmed after each download. */
  cacheBytes: 20 * 1024 ** 3,
  /** A file used within this time stays in the cache: another process may be about to open it; ms. */
  graceMs: 60_000,
  /** Bytes between two flushes to the disk: a single flush at the end would take too long. */
  syncBytes: 32 * 1024 ** 2,
  /** Maximum number of requests in a row without new bytes, within one attempt; then the camera reconnects. */
  maxTries: 5,
  /** First wait after an interruption, doubled each time; ms. 4 s in total, which is within the connection's timeout. */
  againMs: 250,
  /** Time without a write after which another host's temporary file counts as a leftover: a day; ms. */
  foreignPartMs: 24 * 3_600_000,
  /** Time between two reports of progress; ms. */
  progressMs: 250,
  /** Time limit for the first bytes of a live stream, which show its format; ms. */
  sniffMs: 1_000,
  /** Time over which the minimum rate is measured; ms. */
  rateWindowMs: 60_000,
  /** Longest wait of ffmpeg before it connects again, for a file read in place; seconds. */
  inPlaceReconnectS: 5,
} as const;

/** Times of Kafka records; ms. */
export const KAFKA_TIMES = {
  /** Brokers refuse a record whose time is further than this in the future (`message.timestamp.after.max.ms`). */
  aheadMs: 3_600_000,
  /** Time after which a topic that refused capture times gets them again: clocks may have been corrected. */
  againMs: 60_000,
} as const;

/** Requests to a Kafka cluster; ms. */
export const KAFKA_LIMITS = {
  /** Time within which topics are collected and looked up in one request. */
  gatherMs: 5,
  /** Time limit for a broker's answer if another broker could answer. */
  patienceMs: 1_000,
  /** Time after which a topic is looked up again, because partitions may have been added; as in Kafka's own clients. */
  metadataMaxAgeMs: 300_000,
  /** Interval at which the leaders of a new topic are tried until they are ready. */
  leaderPollMs: 50,
  /** Age of a topic's metadata up to which a broker that denies being the leader is tried again, because it may not be ready yet. */
  newMs: 10_000,
} as const;

/** Idle queues of an outbox. */
export const QUEUES = {
  /** Maximum number of idle queues whose last message is remembered: 100 bytes each. */
  maxRemembered: 10_000,
} as const;

/** Recordings. */
export const RECORD_LIMITS = {
  /** Number of failed files in a row after which the stream fails: a full disk does not recover by itself. */
  maxFailures: 3,
} as const;

/** Running a configuration; ms. */
export const RUN = {
  /** Time between the starts of two cameras: processes that start together starve each other. 300 cameras start within 8 s. */
  startEveryMs: 25,
  /** A changed file is read after this time without another change: some programs write it in pieces. */
  settleMs: 200,
  /** Interval at which the modification times of its files are checked: network file systems report no change. */
  lookEveryMs: 5_000,
} as const;
