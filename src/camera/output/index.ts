/** Values from an engine: in order, grouped, emitted. */
export { ReorderBuffer } from './reorder-buffer.js';
export { FrameEmitter } from './frame-emitter.js';
export { causeAtEnd, countLosses } from './losses.js';
export type { Kept } from './values.js';
