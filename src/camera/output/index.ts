/** Values out of an engine, in order, grouped, handed over. */
export { ReorderBuffer } from './reorder-buffer.js';
export { FrameEmitter } from './frame-emitter.js';
export type { Kept } from './values.js';
