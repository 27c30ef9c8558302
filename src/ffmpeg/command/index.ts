/** The arguments of ffmpeg for a plan. */
export { type StillUnit, COPY_OFFSET_US, GLOBAL, HEARTBEAT_FD, finishArguments, argumentsOf, cameraArguments, copyArguments, feedArguments, lookArguments, stillArguments } from './command.js';
export { type Encoder, software } from './encoder/index.js';
export { type Encoding, encodingOf, expectedOf, shownSize, suitsSource } from './expected.js';
export { decodeGraph } from './graph.js';
export { MediaTime } from './media-time.js';
export { paced } from './pace.js';
export { type Chosen, chooseEncoder } from './probe.js';
export { type PictureLine, pictureLine } from './comparison-lines.js';
