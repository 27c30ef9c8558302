/** Turns messages into pictures and files. */
export { type Decodable, DecodeStream } from './decoding/index.js';
export { type ClosedReason, Library, Nowhere, type RecordClosed, type RecordGap, type RecordOpened, type RecordRemoved, type RecordSettings, RecordStream, type Recorded, SingleFile, disk, recordOne } from './recording/index.js';
export { type StreamPlace, Streams, isGap } from './streams.js';
