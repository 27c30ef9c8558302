/** The engine: runs a plan with ffmpeg. */
export { copiedCodec } from './copied.js';
export { ffmpegEngine } from './engine.js';
