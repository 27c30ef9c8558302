/** The state of running programs: they answer `rxcam health`. */
export { serveHealth } from './health-server.js';
export { type CameraHealth, cameraHealth } from './health-answer.js';
