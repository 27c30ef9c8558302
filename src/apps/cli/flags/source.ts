/** Flags of camera(): the source and how to read it. */
import { LIVENESS, SOURCE, STATS } from '../../../core/defaults/defaults.js';
import { type FlagGroup, bytes, list, number, wholeSize, wordOrBoolean, wordOrNumber, words } from './flag.js';

export const sourceFlags: FlagGroup = {
  heading: 'Source:',
  flags: [
    {
      flags: '--key <name>', sets: 'camera.key', parse: list, standard: 'made of the address',
      about: 'name of the camera in messages and logs; with several sources once for each, in their order',
    },
    {
      flags: '--pace <pace>', sets: 'camera.pace', standard: 'asap for files, realtime for test:',
      about: "files and test:, 'asap' as fast as frames are taken, or 'realtime'",
    },
    {
      flags: '--loop', sets: 'camera.loop',
      about: 'files: play it again and again',
    },
    {
      flags: '--transport <protocol>', sets: 'camera.transport', standard: 'tcp',
      about: "RTSP over 'tcp', 'udp', or 'auto': TCP, and UDP where the camera offers no TCP",
    },
    {
      flags: '--latency <latency>', sets: 'camera.latency', standard: 'smooth',
      about: "live sources: 'smooth' waits up to 0.5 s for packets out of order, 'low' does not",
    },
    {
      flags: '--buffer-bytes <bytes>', sets: 'camera.bufferBytes', parse: bytes, standard: "the system's",
      about: "live sources: size of the socket's buffer in bytes",
    },
    {
      flags: '--decoder-threads <n>', sets: 'camera.decoderThreads', parse: number, standard: SOURCE.decoderThreads,
      about: 'threads of the decoder, 0 lets ffmpeg choose',
    },
    {
      flags: '--stream <which>', sets: 'camera.stream', parse: wordOrNumber, standard: SOURCE.stream,
      about: "of several video streams, the 'largest', the 'first', or a number, counted from 0",
    },
    {
      flags: '--deinterlace <which>', sets: 'camera.deinterlace', parse: wordOrBoolean, standard: SOURCE.deinterlace,
      about: "make two fields one picture: 'auto' those that the source has flagged, 'true' all, 'false' none",
    },
    {
      flags: '--connect-timeout <ms>', sets: 'camera.connectTimeoutMs', parse: number, standard: LIVENESS.connectTimeoutMs,
      about: 'until the source answers, in ms',
    },
    {
      flags: '--first-frame-timeout <ms>', sets: 'camera.firstFrameTimeoutMs', parse: number, standard: LIVENESS.firstFrameTimeoutMs,
      about: 'from the answer to the first picture, in ms',
    },
    {
      flags: '--read-window <ms>', sets: 'camera.readWindowMs', parse: number, standard: LIVENESS.readWindowMs,
      about: 'so long without a frame is a read failure, in ms; never less than three frame times',
    },
    {
      flags: '--max-read-failures <n>', sets: 'camera.maxReadFailures', parse: number, standard: LIVENESS.maxReadFailures,
      about: 'read failures in a row that make a reconnect',
    },
    {
      flags: '--no-download', sets: 'camera.download',
      about: 'HTTP files: read them in place, not from the cache',
    },
    {
      flags: '--cache-dir <folder>', sets: 'camera.cacheDir', standard: "rxcam in the user's cache folder",
      about: 'HTTP files: folder of the cache',
    },
    {
      flags: '--max-download-bytes <bytes>', sets: 'camera.maxDownloadBytes', parse: bytes, standard: '4 GiB',
      about: 'HTTP files: largest download in bytes',
    },
    {
      flags: '--min-download-rate <bytes>', sets: 'camera.minDownloadBytesPerSecond', parse: bytes, standard: SOURCE.minDownloadBytesPerSecond,
      about: 'HTTP files: a download with fewer bytes a second, over a minute, is given up; 0 lets any pass',
    },
    {
      flags: '--allow-local-playlists', sets: 'camera.allowLocalPlaylists',
      about: 'files: let a playlist name files outside its own folder',
    },
    {
      flags: '--allow-hosts <hosts>', sets: 'camera.hosts.allow', parse: words, standard: 'all but link-local and cloud metadata',
      about: 'RTSP and HTTP: hosts that may be connected to, redirects and playlists included: names, *.names, addresses, CIDR',
    },
    {
      flags: '--deny-hosts <hosts>', sets: 'camera.hosts.deny', parse: words,
      about: 'RTSP and HTTP: hosts that may not be connected to',
    },
    {
      flags: '--device-fps <fps>', sets: 'camera.fps', parse: number, standard: "the device's own",
      about: 'devices: frames per second to ask for',
    },
    {
      flags: '--device-size <WxH>', sets: 'camera.size', parse: wholeSize, standard: "the device's own",
      about: 'devices: picture size to ask for, in pixels',
    },
    {
      flags: '--codecs <names>', sets: 'camera.codecs', parse: words,
      about: "RTSP and HTTP: codecs that are decoded besides those that cameras use, by ffmpeg's names",
    },
    {
      flags: '--max-pixels <n>', sets: 'camera.maxPixels', parse: number, standard: SOURCE.maxPixels,
      about: 'the largest picture that is decoded, in pixels',
    },
    {
      flags: '--nice <n>', sets: 'camera.nice', parse: number, standard: SOURCE.nice,
      about: 'how much the processes stand back for others, 0 to 19',
    },
    {
      flags: '--allow-old-ffmpeg', sets: 'camera.allowOldFfmpeg',
      about: 'let the ffmpeg of 2018 that comes with rxcam read from the network',
    },
    {
      flags: '--log-every <n>', sets: 'camera.logEveryFrames', parse: number, standard: STATS.logEveryFrames,
      about: 'published frames from one log line to the next',
    },
  ],
};
