/** Reading NUT, the container that ffmpeg writes to rxcam. */

export { NutError } from './error.js';
export { type NutStream, shownOf } from './headers.js';
export { NutReader, type NutPacket, type NutReaderOptions } from './reader.js';
