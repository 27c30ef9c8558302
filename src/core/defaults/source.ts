/** Defaults of a source: how to read it, and how long it may be silent. */

/** Liveness of a source; times in ms. */
export const LIVENESS = {
  /** Time limit from the start of a capture to the answer of the source. */
  connectTimeoutMs: 10_000,
  /** Time limit from the answer of the source to its first picture: some cameras take 40 s. */
  firstFrameTimeoutMs: 45_000,
  /** Minimum length of a read window; three frame times if that is longer. */
  readWindowMs: 1_000,
  /** Read failures in a row that cause a reconnect. */
  maxReadFailures: 10,
} as const;

/** Reading a source. */
export const SOURCE = {
  /** Over UDP a lost packet damages the picture. */
  transport: 'tcp',
  /** Waits for packets that arrive out of order. */
  latency: 'smooth',
  /** HTTP files: a file in the cache is not downloaded again. */
  download: true,
  /** Maximum size of a downloaded file; bytes. */
  maxDownloadBytes: 4 * 1024 ** 3,
  /** Minimum rate of a download over a minute, in bytes a second; 0 for none. A slow server could otherwise prolong an attempt for days. */
  minDownloadBytesPerSecond: 1_000,
  /** Whether a playlist on the disk may name files outside its own folder: a list is often not the user's own work. */
  allowLocalPlaylists: false,
  pixelFormat: 'yuv420p',
  /** With one thread, decoding 1080p takes 12 % less CPU, 16 MB less memory and less latency than with ffmpeg's own choice. */
  decoderThreads: 1,
  /** The main stream: some cameras list their sub stream first. */
  stream: 'largest',
  /** Deinterlaces if the source marks its pictures as interlaced, at the cost of one picture's latency; otherwise costs nothing. */
  deinterlace: 'auto',
  /** A file is played once. */
  loop: false,
  /** Largest picture to decode, in pixels; 8K has 33 million. */
  maxPixels: 64_000_000,
  /** 0 to 19, the lowest priority; 0: cameras are as important as other processes. */
  nice: 0,
  /** Not by default: that build lacks the fixes of vulnerabilities found since 2018. */
  allowOldFfmpeg: false,
  /** Difference between ffmpeg's own read timeout and the longest one of rxcam; ms. */
  readTimeoutMarginMs: 1_000,
} as const;

/** The generated test pattern. */
export const TEST_SOURCE = { width: 640, height: 360, fps: 25, noise: 4 } as const;

/** Codecs that cameras and recorders send, by ffmpeg's names. ffmpeg has hundreds, and an attacker would choose the worst of them. */
export const REMOTE_CODECS = [
  'h264', 'hevc', 'av1', 'vp8', 'vp9', 'mjpeg', 'mpeg4', 'mpeg2video', 'mpeg1video', 'h263', 'flv1', 'png', 'gif', 'webp', 'bmp', 'rawvideo', 'dvvideo',
] as const;
