/** ffmpeg for received messages: decoding, writing files, a single picture. */
export { ffmpegDecoder } from './decoder-process.js';
export { ffmpegMuxer } from './mux.js';
export { findPlayer, pipeMuxer, showInWindow } from './player.js';
export { makeStill } from './still.js';
