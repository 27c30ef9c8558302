/** Common parts of all readers: the inbox, reconnecting, counts. */
export { compactPart } from './compact-part.js';
export { markExpired } from './mark-expired.js';
export { checkGroup } from './group-options.js';
export { Reception, type ReceptionStats } from './reception.js';
export { positionTime, checkOffsetPositions } from './times.js';
