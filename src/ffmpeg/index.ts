/** ffmpeg: found, commanded, owned and read. */
export { accessUnits } from './annexb/index.js';
export { ffmpegDecoder } from './decode.js';
export { ffmpegEngine } from './engine.js';
export { ffmpegMuxer } from './mux.js';
export { findFfmpeg } from './find.js';
export { still } from './still.js';
