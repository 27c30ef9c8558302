/** ffmpeg for what a broker gives: decoding, files, one picture. */
export { ffmpegDecoder } from './decode.js';
export { ffmpegMuxer } from './mux.js';
export { findPlayer, intoPipe, showInWindow } from './player.js';
export { still } from './still.js';
