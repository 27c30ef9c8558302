/** The arguments of ffmpeg for a plan. */
export { COPY_OFFSET_US, GLOBAL, HEARTBEAT_FD, type StillUnit, argumentsOf, cameraArguments, copyArguments, feedArguments, finished, lookArguments, stillArguments } from './command.js';
export { type Encoder, software } from './encoder/index.js';
export { type Encoding, encodingOf, expectedOf, serves, shownSize } from './expected.js';
export { decodeGraph } from './graph.js';
export { MediaTime } from './media-time.js';
export { paced } from './pace.js';
export { type Chosen, chooseEncoder } from './probe.js';
export { type PictureLine, pictureLine } from './comparison-lines.js';
