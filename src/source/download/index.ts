/** HTTP files, downloaded into a cache. */
export { type Found, download, streamOf } from './download.js';
export { nextChunk } from './receive.js';
export { addReader } from './trim.js';
