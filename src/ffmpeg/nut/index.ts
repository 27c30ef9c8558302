/** Reads and writes NUT, the container format between ffmpeg and rxcam. */

export { NutError } from './error.js';
export type { NutStream } from './file-headers.js';
export { NutReader, type NutPacket, type NutReaderOptions } from './packet-reader.js';
export { nutFrameHead, nutHeader } from './writer.js';
