/** ffmpeg for what a broker gives: decoding, files, one picture. */
export { ffmpegDecoder } from './decode.js';
export { ffmpegMuxer } from './mux.js';
export { still } from './still.js';
