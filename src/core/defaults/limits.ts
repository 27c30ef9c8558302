/** Numbers that no option changes, with their units and reasons. The defaults of options are in defaults.ts. */
import { LIVENESS } from './defaults.js';

/** Steps on frames out of the user's hands. */
export const STAGE = {
  /** Frames of a live source that wait for the child; more are dropped, the oldest first. */
  maxWaiting: 8,
  /** With more frames waiting than this, a source that can wait is paused until none waits. */
  pauseAbove: 2,
  /** No access unit for this long, with frames in the child, and the child is given up; ms. As long as a stall of a source. */
  stallMs: LIVENESS.readWindowMs * LIVENESS.maxReadFailures,
} as const;

/** Processes; ms. */
export const PROCESS = {
  /** Between SIGTERM and SIGKILL. */
  killAfterMs: 2_000,
  /** The least time between two starts for one camera, whatever retries it. */
  minStartIntervalMs: 1_000,
  /** Lines of stderr that go with an error. */
  stderrLines: 50,
} as const;

/** The rate of a source that states none. */
export const RATE = {
  /** More pictures a second than that are no rate: fast cameras give 240, a time base is 1,000 and more. */
  maxStated: 480,
  /** So many pictures show the rate … */
  pictures: 25,
  /** … or those that come within this time; ms. */
  waitMs: 1_000,
  /** So many even gaps show it as well. */
  evenGaps: 4,
  /** A rate so near to a whole one is that one. */
  tolerance: 0.03,
} as const;

/** Pictures of a multipart stream. */
export const MULTIPART = {
  /** One part; a JPEG of 64 megapixels at its best takes less. */
  maxPartBytes: 64 * 1024 ** 2,
  /** The head of a part. */
  maxHeadBytes: 16 * 1024,
  /** So many parts without a picture, and there is none. */
  maxOtherParts: 50,
} as const;

/** HTTP sources. */
export const DOWNLOAD = {
  userAgent: 'rxcam',
  maxRedirects: 5,
  /** The cache is trimmed to so many bytes after each download. */
  cacheBytes: 20 * 1024 ** 3,
  /** What was used within this time is not removed from the cache: another process may be about to open it; ms. */
  graceMs: 60_000,
  /** What is written goes to the disk in steps of so many bytes: all at the end would be a long silence. */
  syncBytes: 32 * 1024 ** 2,
  /** Tries in a row that bring nothing new, within one attempt: reconnecting does the rest. */
  tries: 5,
  /** First wait after an interruption, doubled each time: 4 s in all, which the connection's timeout allows; ms. */
  againMs: 250,
  /** Another host's temporary file is a leftover after a day without a write; ms. */
  foreignPartMs: 24 * 3_600_000,
  /** Time between two reports of progress; ms. */
  progressMs: 250,
  /** A live stream's first bytes are waited for this long to see what it is; ms. */
  sniffMs: 1_000,
  /** The time over which the lowest rate is measured; ms. */
  rateWindowMs: 60_000,
  /** A file read in place: the longest wait of ffmpeg before it takes the connection up again; seconds. */
  inPlaceReconnectS: 5,
} as const;

/** Times of Kafka records; ms. */
export const KAFKA_TIMES = {
  /** Brokers refuse a time further ahead than this (`message.timestamp.after.max.ms`). */
  aheadMs: 3_600_000,
  /** After so long a topic that has refused the times of capture is given them again: clocks are set right. */
  againMs: 60_000,
} as const;

/** What is asked of a Kafka cluster; ms. */
export const KAFKA_LIMITS = {
  /** Topics that are asked for within this time are looked up together. */
  gatherMs: 5,
  /** A broker that says nothing for so long is not waited for where another could answer. */
  patienceMs: 1_000,
  /** Partitions may be added to a topic: it is looked up again after this time, as by Kafka's own clients. */
  metadataMaxAgeMs: 300_000,
  /** A new topic is asked after until it has leaders, and they are ready. */
  leaderPollMs: 50,
  /** So long a broker may say that it does not lead what it was just said to lead, and is asked again. */
  newMs: 10_000,
} as const;

/** Queues of an outbox that nobody publishes to any more. */
export const QUEUES = {
  /** Of so many it is remembered what they sent last: 100 bytes each. */
  remembered: 10_000,
} as const;

/** Recordings. */
export const RECORD_LIMITS = {
  /** Files in a row that failed, after which the stream fails: a disk that is full does not get better by itself. */
  failures: 3,
} as const;
