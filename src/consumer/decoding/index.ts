/** From encoded messages to pictures: what the operator `decode` is made of. */
export { type Decodable, type Unit, unitsOf } from './message.js';
export { DecodeStream } from './stream.js';
export { Timeline } from './timeline.js';
