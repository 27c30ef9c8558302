/** Reads ffmpeg's description of a source (streams, rate, size), and limits what ffmpeg may read. */
export { checkCodec, limitAddressSpace, limitOptions } from './decoders.js';
export { InputDescription, type StreamFact } from './description.js';
export { type KnownFacts, isKnown, knownFacts, rememberFacts, rememberOpened } from './known-facts.js';
export { mapEach } from './map-each.js';
export { withRate } from './frame-rate.js';
export { type ChooseStream, type StreamSelection, chosenStream, isDeinterlaced, severalStreamsWarning, streamSelectionOf } from './stream-selection.js';
export { PROGRESS, SourceMismatch, retryOnMismatch } from './source-mismatch.js';
