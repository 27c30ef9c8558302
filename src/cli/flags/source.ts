/** Flags of camera(): where video comes from and how it is read. */
import { LIVENESS, SOURCE, STATS } from '../../defaults.js';
import { type FlagGroup, bytes, list, number, wholeSize } from './flag.js';

export const sourceFlags: FlagGroup = {
  heading: 'Source:',
  flags: [
    { flags: '--key <name>', sets: 'camera.key', parse: list, about: 'name of the camera in messages and logs; with several sources once for each, in their order', standard: 'made of the address' },
    { flags: '--pace <pace>', sets: 'camera.pace', about: "files and test:, 'asap' as fast as frames are taken, or 'realtime'", standard: 'asap for files, realtime for test:' },
    { flags: '--transport <protocol>', sets: 'camera.transport', about: "RTSP over 'tcp' or 'udp'", standard: 'tcp' },
    { flags: '--latency <latency>', sets: 'camera.latency', about: "live sources: 'smooth' waits up to 0.5 s for packets out of order, 'low' does not", standard: 'smooth' },
    { flags: '--buffer-bytes <bytes>', sets: 'camera.bufferBytes', parse: bytes, about: "live sources: size of the socket's buffer in bytes", standard: "the system's" },
    { flags: '--decoder-threads <n>', sets: 'camera.decoderThreads', parse: number, about: 'threads of the decoder, 0 lets ffmpeg choose', standard: SOURCE.decoderThreads },
    { flags: '--connect-timeout <ms>', sets: 'camera.connectTimeoutMs', parse: number, about: 'until the source answers, in ms', standard: LIVENESS.connectTimeoutMs },
    { flags: '--first-frame-timeout <ms>', sets: 'camera.firstFrameTimeoutMs', parse: number, about: 'from the answer to the first picture, in ms', standard: LIVENESS.firstFrameTimeoutMs },
    { flags: '--read-window <ms>', sets: 'camera.readWindowMs', parse: number, about: 'so long without a frame is a read failure, in ms; never less than three frame times', standard: LIVENESS.readWindowMs },
    { flags: '--max-read-failures <n>', sets: 'camera.maxReadFailures', parse: number, about: 'read failures in a row that make a reconnect', standard: LIVENESS.maxReadFailures },
    { flags: '--no-download', sets: 'camera.download', about: 'HTTP files: read them in place, not from the cache' },
    { flags: '--cache-dir <folder>', sets: 'camera.cacheDir', about: 'HTTP files: folder of the cache', standard: "rxcam in the user's cache folder" },
    { flags: '--max-download-bytes <bytes>', sets: 'camera.maxDownloadBytes', parse: bytes, about: 'HTTP files: largest download in bytes', standard: '4 GiB' },
    { flags: '--device-fps <fps>', sets: 'camera.fps', parse: number, about: 'devices: frames per second to ask for', standard: "the device's own" },
    { flags: '--device-size <WxH>', sets: 'camera.size', parse: wholeSize, about: 'devices: picture size to ask for, in pixels', standard: "the device's own" },
    { flags: '--log-every <n>', sets: 'camera.logEvery', parse: number, about: 'published frames from one log line to the next', standard: STATS.logEvery },
  ],
};
