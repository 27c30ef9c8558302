/** Numbers that no option changes, with their units and reasons. The defaults of options are in defaults.ts. */
import { LIVENESS } from './defaults.js';

/** Steps on frames from user code. */
export const STAGE = {
  /** Frames of a live source that wait for the child; more are dropped, the oldest first. */
  maxWaiting: 8,
  /** With more frames waiting than this, a source that can wait is paused until none waits. */
  pauseAbove: 2,
  /** Time without an access unit, with frames in the child, after which the child has failed; ms. As long as a stall of a source. */
  stallMs: LIVENESS.readWindowMs * LIVENESS.maxReadFailures,
} as const;

/** Filters that the user has written. */
export const FILTERS = {
  /** Pictures in ffmpeg, above which the oldest counts as left out. No filter that returns all holds more: atadenoise and deflicker 129. */
  maxInside: 150,
  /** Access units that are read before their heartbeats: many small ones arrive in one chunk. */
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
  /** Number of pictures that show the rate … */
  maxPictures: 25,
  /** … or those that come within this time; ms. */
  waitMs: 1_000,
  /** … or a number of equal distances between them. */
  evenGaps: 4,
  /** A rate this close to a whole number is rounded to it. */
  tolerance: 0.03,
} as const;

/** Pictures of a multipart stream. */
export const MULTIPART = {
  /** One part; a JPEG of 64 megapixels at its best takes less. */
  maxPartBytes: 64 * 1024 ** 2,
  /** The head of a part. */
  maxHeadBytes: 16 * 1024,
  /** Parts without a picture after which the stream counts as having none. */
  maxOtherParts: 50,
} as const;

/** HTTP sources. */
export const DOWNLOAD = {
  userAgent: 'rxcam',
  maxRedirects: 5,
  /** Size of the cache in bytes; it is trimmed after each download. */
  cacheBytes: 20 * 1024 ** 3,
  /** A file used within this time stays in the cache: another process may be about to open it; ms. */
  graceMs: 60_000,
  /** Bytes between two flushes to the disk: a single flush at the end would take too long. */
  syncBytes: 32 * 1024 ** 2,
  /** Tries in a row without new bytes, within one attempt; then the camera reconnects. */
  maxTries: 5,
  /** First wait after an interruption, doubled each time: 4 s in all, which the connection's timeout allows; ms. */
  againMs: 250,
  /** Another host's temporary file is a leftover after a day without a write; ms. */
  foreignPartMs: 24 * 3_600_000,
  /** Time between two reports of progress; ms. */
  progressMs: 250,
  /** Wait for a live stream's first bytes, which show its format; ms. */
  sniffMs: 1_000,
  /** The time over which the lowest rate is measured; ms. */
  rateWindowMs: 60_000,
  /** A file read in place: ffmpeg's longest wait before it connects again; seconds. */
  inPlaceReconnectS: 5,
} as const;

/** Times of Kafka records; ms. */
export const KAFKA_TIMES = {
  /** Brokers refuse a record whose time is further in the future than this (`message.timestamp.after.max.ms`). */
  aheadMs: 3_600_000,
  /** Time after which a topic that refused capture times gets them again, because clocks may have been corrected. */
  againMs: 60_000,
} as const;

/** Requests to a Kafka cluster; ms. */
export const KAFKA_LIMITS = {
  /** Topics requested within this time are looked up together. */
  gatherMs: 5,
  /** Wait for a silent broker if another could answer. */
  patienceMs: 1_000,
  /** Partitions may be added to a topic: it is looked up again after this time, as by Kafka's own clients. */
  metadataMaxAgeMs: 300_000,
  /** Limit for a new topic to have leaders that are ready. */
  leaderPollMs: 50,
  /** Time during which a broker that denies being the leader is asked again; ms. */
  newMs: 10_000,
} as const;

/** Idle queues of an outbox. */
export const QUEUES = {
  /** Number of idle queues whose last message is remembered: 100 bytes each. */
  maxRemembered: 10_000,
} as const;

/** Recordings. */
export const RECORD_LIMITS = {
  /** Files in a row that failed, after which the stream fails: a full disk does not recover by itself. */
  maxFailures: 3,
} as const;

/** Running a configuration; ms. */
export const RUN = {
  /** Between the starts of two cameras: processes that start together starve each other. 300 cameras start within 8 s. */
  startEveryMs: 25,
  /** A file that changes is read when it has been still for this long: some programs write it in pieces. */
  settleMs: 200,
  /** Between two looks at the times of its files: network file systems report no change. */
  lookEveryMs: 5_000,
} as const;
