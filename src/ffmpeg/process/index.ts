/** Runs one ffmpeg process, from start to exit, and reads its log. */
export { type ChildOutput, runChild } from './child.js';
export { whyFilterRefused } from './refused-filter.js';
export { writeToPipe } from './write-to-pipe.js';
