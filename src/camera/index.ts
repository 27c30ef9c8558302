/** A plan and an engine become an Observable of frames. */
export { CAMERA_SCHEMA, Camera, type CameraConfig, camera, hubOf } from './camera.js';
export { Capture, extend, planOf } from './capture.js';
export { CameraHub } from './hub.js';
export { reconnect } from './run/index.js';
