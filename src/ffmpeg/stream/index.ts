/** ffmpeg's description of its input: streams, rate, size. */
export { bounded, checkCodec, readingLimits } from './decoders.js';
export { InputDescription, type StreamFact } from './description.js';
export { type Known, isKnown, known, learn, learnOpened } from './known.js';
export { mapEach } from './map-each.js';
export { withRate } from './rate.js';
export { type Choose, type Reading, chosenOf, isDeinterlaced, readingOf, toldOf } from './reading.js';
export { PROGRESS, Unsuited, untilSuited } from './suited.js';
