/** H.264 and H.265 access units as rxcam sends them: Annex B, with parameter sets at each keyframe. */
export { type CopiedCodec, parameterSets } from './nal.js';
export { CopiedStream, type CopiedUnit } from './annexb-stream.js';
export { accessUnits } from './split.js';
