/** Flags of camera(): the source and how to read it. */
import { LIVENESS, SOURCE, STATS } from '../../../core/defaults/defaults.js';
import { type FlagGroup, parseBytes, parseList, parseWholeSize, parseWordOrBoolean, parseWordOrNumber, parseWords, readNumber } from './flag-group.js';

export const sourceFlags: FlagGroup = {
  heading: 'Source:',
  flags: [
    {
      flags: '--key <name>', sets: 'camera.key', parse: parseList, defaultText: 'derived from the address',
      about: 'name of the camera in messages and logs; with several sources, once for each, in their order',
    },
    {
      flags: '--pace <pace>', sets: 'camera.pace', defaultText: 'asap for files, realtime for test:',
      about: "files and test:, 'asap' (as fast as frames are consumed) or 'realtime'",
    },
    {
      flags: '--loop', sets: 'camera.loop',
      about: 'files: play the file in a loop',
    },
    {
      flags: '--transport <protocol>', sets: 'camera.transport', defaultText: 'tcp',
      about: "RTSP over 'tcp', 'udp', or 'auto': TCP, or UDP if the camera offers no TCP",
    },
    {
      flags: '--latency <latency>', sets: 'camera.latency', defaultText: 'smooth',
      about: "live sources: 'smooth' waits up to 0.5 s for packets out of order, 'low' does not",
    },
    {
      flags: '--buffer-bytes <bytes>', sets: 'camera.bufferBytes', parse: parseBytes, defaultText: "the system's",
      about: "live sources: size of the socket's buffer in bytes",
    },
    {
      flags: '--decoder-threads <n>', sets: 'camera.decoderThreads', parse: readNumber, defaultText: SOURCE.decoderThreads,
      about: 'threads of the decoder; 0: ffmpeg chooses',
    },
    {
      flags: '--stream <which>', sets: 'camera.stream', parse: parseWordOrNumber, defaultText: SOURCE.stream,
      about: "which of several video streams: the 'largest', the 'first', or a number, counted from 0",
    },
    {
      flags: '--deinterlace <which>', sets: 'camera.deinterlace', parse: parseWordOrBoolean, defaultText: SOURCE.deinterlace,
      about: "deinterlace: 'auto' (if the source states it), 'true' (always) or 'false' (never)",
    },
    {
      flags: '--connect-timeout <ms>', sets: 'camera.connectTimeoutMs', parse: readNumber, defaultText: LIVENESS.connectTimeoutMs,
      about: 'time limit for the source to answer, in ms',
    },
    {
      flags: '--first-frame-timeout <ms>', sets: 'camera.firstFrameTimeoutMs', parse: readNumber, defaultText: LIVENESS.firstFrameTimeoutMs,
      about: 'time limit from the answer to the first picture, in ms',
    },
    {
      flags: '--read-window <ms>', sets: 'camera.readWindowMs', parse: readNumber, defaultText: LIVENESS.readWindowMs,
      about: 'time without a frame that counts as a read failure, in ms; at least three frame times',
    },
    {
      flags: '--max-read-failures <n>', sets: 'camera.maxReadFailures', parse: readNumber, defaultText: LIVENESS.maxReadFailures,
      about: 'read failures in a row that cause a reconnect',
    },
    {
      flags: '--no-download', sets: 'camera.download',
      about: 'HTTP files: read them in place, not from the cache',
    },
    {
      flags: '--cache-dir <folder>', sets: 'camera.cacheDir', defaultText: "rxcam in the user's cache folder",
      about: 'HTTP files: folder of the cache',
    },
    {
      flags: '--max-download-bytes <bytes>', sets: 'camera.maxDownloadBytes', parse: parseBytes, defaultText: '4 GiB',
      about: 'HTTP files: largest download in bytes',
    },
    {
      flags: '--min-download-rate <bytes>', sets: 'camera.minDownloadBytesPerSecond', parse: parseBytes, defaultText: SOURCE.minDownloadBytesPerSecond,
      about: 'HTTP files: minimum rate of a download in bytes a second, over a minute; 0: no minimum',
    },
    {
      flags: '--allow-local-playlists', sets: 'camera.allowLocalPlaylists',
      about: 'files: allow a playlist to name files outside its own folder',
    },
    {
      flags: '--allow-hosts <hosts>', sets: 'camera.hosts.allow', parse: parseWords, defaultText: 'all except link-local and cloud metadata',
      about: 'RTSP and HTTP: the only hosts that may be connected to, also by redirects and playlists: names, *.names, addresses, CIDR',
    },
    {
      flags: '--deny-hosts <hosts>', sets: 'camera.hosts.deny', parse: parseWords,
      about: 'RTSP and HTTP: hosts that may never be connected to',
    },
    {
      flags: '--device-fps <fps>', sets: 'camera.fps', parse: readNumber, defaultText: "the device's own",
      about: 'devices: frames per second to request',
    },
    {
      flags: '--device-size <WxH>', sets: 'camera.size', parse: parseWholeSize, defaultText: "the device's own",
      about: 'devices: picture size to request, in pixels',
    },
    {
      flags: '--codecs <names>', sets: 'camera.codecs', parse: parseWords,
      about: "RTSP and HTTP: codecs to decode in addition to those that cameras use, by ffmpeg's names",
    },
    {
      flags: '--max-pixels <n>', sets: 'camera.maxPixels', parse: readNumber, defaultText: SOURCE.maxPixels,
      about: 'largest picture to decode, in pixels',
    },
    {
      flags: '--nice <n>', sets: 'camera.nice', parse: readNumber, defaultText: SOURCE.nice,
      about: 'niceness of ffmpeg, 0 to 19 (lowest priority)',
    },
    {
      flags: '--allow-old-ffmpeg', sets: 'camera.allowOldFfmpeg',
      about: 'allow the ffmpeg of 2018 that comes with rxcam to read from the network',
    },
    {
      flags: '--log-every <n>', sets: 'camera.logEveryFrames', parse: readNumber, defaultText: STATS.logEveryFrames,
      about: 'number of published frames between two lines of counts in the log',
    },
  ],
};
