/** The gate: a proxy for sources that ffmpeg reads by several requests. */
export { FolderSession } from './folder-requests.js';
export { type GateSession, reserveEndpoint } from './gate.js';
export { WebSession } from './web.js';
