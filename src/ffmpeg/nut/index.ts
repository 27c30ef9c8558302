/** Reads and writes NUT, the container format between ffmpeg and rxcam. */

export { NutError } from './error.js';
export type { NutStream } from './headers.js';
export { NutReader, type NutPacket, type NutReaderOptions } from './reader.js';
export { nutFrameHead, nutHeader } from './writer.js';
