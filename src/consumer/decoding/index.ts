/** Decodes messages to pictures; used by the operator `decode`. */
export { type Decodable, type HeldMessage, type Unit, decodesAlone, pictureTime, unitsOf } from './message.js';
export { DecodeStream } from './stream.js';
export { Timeline } from './timeline.js';
