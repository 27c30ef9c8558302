/** Facts about an ffmpeg binary: its version and what it was built with. */

export interface FfmpegFacts {
  /** Path of the binary. */
  readonly path: string;
  /** Whether it is the packaged build of 2018, or as old: it lacks all later security fixes. */
  readonly isOld: boolean;
  /** Version, as it reports it. */
  readonly version: string;
  /** Major version of the release; for a build from git, derived from its libavutil. */
  readonly major: number;
  /** Minor version of the release. */
  readonly minor: number;
  /** Names of its encoders. */
  readonly encoders: ReadonlySet<string>;
  /** Whether the concat demuxer knows `option` (5.0 and later). */
  readonly concatOptions: boolean;
  /** Whether it has `-fps_mode` (5.1 and later) in place of `-vsync`. */
  readonly fpsMode: boolean;
  /** Name of the RTSP demuxer's time-out option in µs: `timeout` from 5.0, `stimeout` before. */
  readonly rtspTimeout: 'timeout' | 'stimeout';
}
