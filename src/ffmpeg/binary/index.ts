/** Finds the ffmpeg to run. */
export { type FfmpegCommand, newCommand } from './command-builder.js';
export { childEnvironment } from './environment.js';
export { checkAgain, ffmpegWith, findFfmpeg } from './find.js';
export { findInPath } from './locations.js';
export { setprivPrefix } from './setpriv.js';
