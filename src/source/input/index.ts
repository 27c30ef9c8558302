/** Inputs for ffmpeg: scripts, gates and feeds. */
export { ffconcat } from './ffconcat.js';
export { ONLY_FILES, ONLY_LISTS } from './formats.js';
export { FolderSession } from './gate/index.js';
export { GATED, inPlaceInput, liveInput, throughGate } from './input.js';
export { liveOptions } from './live.js';
