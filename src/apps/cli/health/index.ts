/** The state of running programs: they answer `rxcam health`. */
export { announce } from './announce.js';
export { type CameraWords, cameraWords } from './words.js';
