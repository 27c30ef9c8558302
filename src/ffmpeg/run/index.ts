/** Runs a plan with ffmpeg. */
export { ffmpegEngine } from './engine.js';
