/** Decodes messages to pictures; used by the operator `decode`. */
export { type Decodable, type HeldMessage, type Unit, decodesAlone, pictureTime, unitsOf } from './pending-message.js';
export { DecodeStream } from './decode-stream.js';
export { Timeline } from './timeline.js';
