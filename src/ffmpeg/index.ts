/** Runs ffmpeg: finds it, writes its commands, owns its processes and reads their output. */
export { accessUnits } from './annexb/index.js';
export { ffmpegDecoder, ffmpegMuxer, findPlayer, makeStill, pipeMuxer, showInWindow } from './received/index.js';
export { copiedCodec, ffmpegEngine } from './run/index.js';
export { findFfmpeg } from './binary/index.js';
