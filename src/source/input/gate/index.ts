/** The proxy for sources that ffmpeg reads by several requests. */
export { FolderSession } from './folder.js';
export { type GateSession, takePlace } from './gate.js';
export { WebSession } from './web.js';
