/** A camera's own page. */
export { CameraPage } from './camera.js';
