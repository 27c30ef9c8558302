/** Common parts of all readers: the inbox, reconnecting, counts. */
export { BufferHeaders } from './buffer-headers.js';
export { markExpired } from './mark-expired.js';
export { checkGroup } from './group-options.js';
export { Reception, type ReceptionStats } from './reception.js';
export { positionTime, refuseIds } from './times.js';
