/** Defaults of monitoring: dashboard, health checks, tracing; with their units and reasons. */

/** Spans of pictures. */
export const TRACING = {
  /** Share of the pictures: one in four seconds at 25 a second. */
  sample: 0.01,
  /** Spans of pictures that are open at a time: about 5 MB. */
  maxOpen: 10_000,
} as const;

/** ms after which a picture that has not changed counts as frozen: the noise of a sensor changes each keyframe, even in the dark. */
export const FROZEN_AFTER_MS = 60_000;

/** The dashboard. */
export const DASHBOARD = {
  host: '127.0.0.1',
  port: 8790,
  /** ms between two events to a page: as often as people can read. */
  everyMs: 1_000,
  /** Seconds that rates are computed over: a camera of one picture a second must not show 0, 2, 0. */
  windowSeconds: 5,
  /** ms between two figures of the last hour, and of the last 24: 360 and 288 of them, 65 kB a camera. */
  stepMs: 10_000,
  dayStepMs: 300_000,
  /** A camera is slow below this share of the requested rate. */
  slowBelow: 0.8,
  /** Steps over which published pictures are compared with it: chunks of a minute leave together. */
  heldSteps: 6,
  /** Bytes that may wait for a slow viewer before pictures are left out. */
  viewerMaxBytes: 256 * 1024,
  /** Maximum number of ffmpeg processes that create JPEG pictures for pages at the same time: for cards, each takes about 10 ms of CPU a second. */
  maxDecoders: 16,
  /** ms that a decoder serves one card while others wait for it: starting one takes 60 ms of CPU. */
  decoderTurnMs: 5_000,
  /** ms between two pictures on a card. */
  cardMs: 1_000,
  /** The largest sides of pictures, in pixels, and their quality, 1 to 100. */
  cardWidth: 320,
  liveWidth: 1_280,
  quality: 70,
  /** ms that the state of a fleet is still read after the last page was closed. */
  fleetRestMs: 30_000,
  /** Cameras of one viewer, and viewers at a time. */
  maxCamerasPerViewer: 1_000,
  maxViewers: 100,
} as const;

/** `rxcam health`. */
export const HEALTH = {
  /** ms for the answer of a program: a full minute of `docker stop` and of probes is far longer, a busy event loop answers sooner. */
  timeoutMs: 5_000,
  /** Maximum number of cameras that an answer names: of three hundred that are down, the first twenty show the reason. */
  maxTrouble: 20,
  /** Bytes of an answer: a thousand cameras in trouble named in full take less. */
  maxBytes: 1024 ** 2,
  /** Maximum number of answers of a program at the same time. */
  maxConnections: 8,
  /** ms without a picture after which a recorded camera is silent: a camera waits 30 s at most to reconnect, and then for a keyframe. */
  silentMs: 60_000,
} as const;
