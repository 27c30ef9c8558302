/** One ffmpeg process, from start to exit. */
export { type ChildOutput, runChild } from './child.js';
export { pour } from './pour.js';
