/** The state of running programs: they answer `rxcam health`. */
export { announce } from './announce.js';
export { cameraWords } from './words.js';
