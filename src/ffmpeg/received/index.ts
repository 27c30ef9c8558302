/** ffmpeg for received messages: decoding, writing files, a single picture. */
export { ffmpegDecoder } from './decode.js';
export { ffmpegMuxer } from './mux.js';
export { findPlayer, intoPipe, showInWindow } from './player.js';
export { still } from './still.js';
