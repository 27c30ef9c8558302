/** ffmpeg: found, commanded, owned and read. */
export { ffmpegEngine } from './engine.js';
export type { FfmpegFacts } from './facts.js';
export { findFfmpeg } from './find.js';
