/** Defaults of monitoring: dashboard, health checks, tracing; with their units and reasons. */

/** Spans of pictures. */
export const TRACING = {
  /** Share of pictures that are traced: at 25 a second, one in four seconds. */
  sample: 0.01,
  /** Maximum number of pictures whose spans are open at a time: about 5 MB. */
  maxOpen: 10_000,
} as const;

/** ms without a change after which a picture counts as frozen: a sensor's noise changes each keyframe, even in the dark. */
export const FROZEN_AFTER_MS = 60_000;

/** The dashboard. */
export const DASHBOARD = {
  host: '127.0.0.1',
  port: 8790,
  /** ms between two events to a page: as often as people can read. */
  everyMs: 1_000,
  /** Seconds that rates are computed over: a camera of one picture a second must not show 0, 2, 0. */
  windowSeconds: 5,
  /** ms between two points of the charts of the last hour and of the last 24: 360 and 288 points, 65 kB a camera. */
  stepMs: 10_000,
  dayStepMs: 300_000,
  /** A camera is slow below this share of the requested rate. */
  slowBelow: 0.8,
  /** Number of steps over which published pictures are compared with that rate: the pictures of a chunk leave together, up to a minute of them. */
  heldSteps: 6,
  /** Bytes that may wait for a slow viewer before pictures are left out. */
  viewerMaxBytes: 256 * 1024,
  /** Maximum number of ffmpeg processes that create JPEG pictures for pages at the same time: for cards, each takes about 10 ms of CPU a second. */
  maxDecoders: 16,
  /** ms for which a decoder serves one card while others wait for it: starting a decoder takes 60 ms of CPU. */
  decoderTurnMs: 5_000,
  /** ms between two pictures on a card. */
  cardMs: 1_000,
  /** Maximum widths of pictures on cards and in the live view, in pixels, and their JPEG quality, 1 to 100. */
  cardWidth: 320,
  liveWidth: 1_280,
  quality: 70,
  /** ms for which the state of a fleet is still read after the last page was closed. */
  fleetRestMs: 30_000,
  /** Maximum number of cameras that one viewer sees, and of viewers at a time. */
  maxCamerasPerViewer: 1_000,
  maxViewers: 100,
} as const;

/** `rxcam health`. */
export const HEALTH = {
  /** Time limit for the answer of a program, in ms: a busy event loop answers sooner, and the container's health check allows 10 s. */
  timeoutMs: 5_000,
  /** Maximum number of cameras that an answer names: if three hundred are down, twenty show the reason. */
  maxTrouble: 20,
  /** Maximum size of an answer in bytes: twenty cameras in trouble take far less. */
  maxBytes: 1024 ** 2,
  /** Maximum number of answers of a program at the same time. */
  maxConnections: 8,
  /** ms without a picture after which a recorded camera is silent: a camera waits 30 s at most to reconnect, and then for a keyframe. */
  silentMs: 60_000,
} as const;
