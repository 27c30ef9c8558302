/** Makes inputs for ffmpeg: scripts and streams on its stdin, and gates. */
export { ffconcat } from './ffconcat.js';
export { ONLY_FILES, ONLY_LISTS } from './containers.js';
export { FolderSession } from './gate/index.js';
export { GATED, inPlaceInput, liveInput, throughGate } from './input.js';
export { liveOptions } from './live-options.js';
