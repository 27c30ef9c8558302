/** Finds the ffmpeg to run. */
export { newCommand } from './command-builder.js';
export { childEnvironment } from './environment.js';
export { doubt, ffmpegWith, findFfmpeg, pathOf } from './find.js';
export { setprivWords } from './setpriv.js';
