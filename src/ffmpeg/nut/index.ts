/** NUT, the container in which ffmpeg and rxcam talk to each other: read, and written. */

export { NutError } from './error.js';
export { type NutStream, shownOf } from './headers.js';
export { NutReader, type NutPacket, type NutReaderOptions } from './reader.js';
export { nutFrameHead, nutHeader } from './writer.js';
