/** Programs built on the operators. */
export { type Clip, type ClipConfig, clip } from './clip.js';
export { type SnapshotConfig, snapshot } from './snapshot.js';
export { CameraStreamer, type CameraStreamerConfig, type StartStreamConfig, type StreamTimingStats, type TransmissionStats } from './streamer/index.js';
