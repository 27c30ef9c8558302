/** One ffmpeg process, from start to exit. */
export { type ChildOutput, runChild } from './child.js';
export { writeToPipe } from './write-to-pipe.js';
