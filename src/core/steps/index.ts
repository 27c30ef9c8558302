/** The steps of a plan; table.ts names them all. */
export { filtersOf, sizeAfter } from './chain.js';
export type { Chunk } from './chunk.js';
export { type EncodeH265Step, type Hardware, PRESETS } from './encode-h265.js';
export type { EncodeJpegStep } from './encode-jpeg.js';
export { CORNER, EVEN } from './filters.js';
export { type Flag, type Raw, UnreadableText, number, size } from './flag.js';
export { ALGORITHMS, type Fit } from './resize.js';
export type { ByChange, StepRule, UnitRule } from './rule.js';
export { THUMBNAIL, seenFilters } from './skip-unchanged.js';
export { type EncodeStep, STEPS, STEP_KINDS, type Step, type StepKind, type StepOf, type UnitStep, ruleOf } from './table.js';
