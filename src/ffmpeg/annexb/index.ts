/** H.264 and H.265 as they are sent: Annex B, with parameter sets at each keyframe. */
export { type CopiedCodec, parameterSets } from './nal.js';
export { CopiedStream, type CopiedUnit } from './stream.js';
export { accessUnits } from './split.js';
