/** Values from an engine: in order, grouped, emitted. */
export { ReorderBuffer } from './reorder-buffer.js';
export { FrameEmitter } from './frame-emitter.js';
export { causeAtEnd, lossCounter } from './losses.js';
export type { KeptPicture } from './values.js';
