/** Downloads HTTP files into a cache. */
export { type DownloadResult, download, streamOf } from './download.js';
export { nextChunk } from './receive.js';
export { addReader } from './trim.js';
