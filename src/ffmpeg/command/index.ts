/** Builds the arguments of ffmpeg for a plan, and reads the lines that they cause. */
export { type StillUnit, COPY_OFFSET_US, GLOBAL_OPTIONS, HEARTBEAT_FD, finishArguments, argumentsOf, cameraArguments, copyArguments, feedArguments, descriptionArguments, stillArguments } from './command.js';
export { type Encoder, softwareEncoder } from './encoder/index.js';
export { type Encoding, encodingOf, expectedOf, shownSize, suitsSource } from './expected.js';
export { decodeGraph } from './graph.js';
export { MediaTime } from './media-time.js';
export { paced } from './pace.js';
export { type ChosenEncoder, chooseEncoder } from './choose-encoder.js';
export { type PictureLine, pictureLine } from './comparison-lines.js';
