/** Writes messages into files; used by the operator `record`. */
export { disk } from './disk.js';
export type { ClosedReason, RecordClosed, RecordGap, RecordOpened, RecordRemoved, Recorded } from './events.js';
export { Library } from './library.js';
export type { RecordSettings } from './sink.js';
export { recordOne } from './one.js';
export { Nowhere, SingleFile } from './shelf.js';
export { RecordStream } from './stream.js';
