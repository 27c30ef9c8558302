/** Turns messages into pictures and files. */
export { type Decodable, DecodeStream } from './decoding/index.js';
export { type ClosedReason, type RecordClosed, type RecordGap, type RecordOpened, type RecordRemoved, type RecordSettings, type Recorded, Library, NoFiles, RecordStream, SingleFile, diskFolder, recordOne } from './recording/index.js';
export { type StreamPlace, Streams, isGap } from './streams.js';
