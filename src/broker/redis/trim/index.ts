/** Keeps a stream below its number of bytes. */
export { StreamTrim } from './stream-trim.js';
