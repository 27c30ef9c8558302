/** ffmpeg's description of its input: streams, rate, size. */
export { bounded, checkCodec, readingLimits } from './decoders.js';
export { InputDescription, type StreamFact } from './description.js';
export { held } from './held.js';
export { type Known, isKnown, known, learn } from './known.js';
export { mapEach } from './map-each.js';
export { withRate } from './rate.js';
export { type Choose, PROGRESS, type Reading, chosenOf, isDeinterlaced, settled, toldOf } from './reading.js';
