/** ffmpeg: found, commanded, owned and read. */
export { ffmpegEngine } from './engine.js';
export { findFfmpeg } from './find.js';
export { still } from './still.js';
