/** The entry `rxcam/streamer`: CameraStreamer, many cameras in one object. */
export { CameraStreamer, type CameraStreamerConfig, type StartStreamConfig, type StreamTimingStats, type TransmissionStats } from './streamer.js';
