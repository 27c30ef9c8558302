/** Keeps the bytes of a stream below its limit. */
export { StreamTrim } from './stream-trim.js';
