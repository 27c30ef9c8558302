/** The steps of a plan; table.ts names them all. */
export { filtersOf, sizeAfter } from './chain.js';
export { type EncodeH265Step, HARDWARE, type Hardware, PRESETS } from './encode-h265.js';
export type { EncodeJpegStep } from './encode-jpeg.js';
export { CROP_CORNER, EVEN_SIDES, MICROSECONDS } from './common/filters.js';
export { type Flag, type OptionsByOwner, UnreadableText, readNumber, readSize } from './common/flag.js';
export { ALGORITHMS, type Fit } from './resize.js';
export { type Chunk, type StepRule, type UnitRule, isByChange, isByTime } from './common/rule.js';
export { THUMBNAIL, seenFilters } from './skip-unchanged.js';
export { type EncodeStep, STEPS, STEP_KINDS, type Step, type StepKind, type StepOf, type UnitStep, ruleOf } from './table.js';
