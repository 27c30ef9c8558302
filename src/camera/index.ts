/** Turns a plan and an engine into an Observable of frames. */
export { Camera, camera, hubOf } from './camera.js';
export { CAMERA_SCHEMA, type CameraConfig } from './camera-config.js';
export { Capture, type FrameOperator, planOf, withStepOn } from './capture.js';
export { CameraHub } from './hub.js';
export { reconnect } from './run/index.js';
