/** Writes messages into files; used by the operator `record`. */
export { diskFolder } from './disk-folder.js';
export type { ClosedReason, RecordClosed, RecordGap, RecordOpened, RecordRemoved, Recorded } from './recorded.js';
export { Library } from './library.js';
export type { RecordSettings } from './sink.js';
export { recordOne } from './record-one.js';
export { NoFiles, SingleFile } from './record-target.js';
export { RecordStream } from './record-stream.js';
