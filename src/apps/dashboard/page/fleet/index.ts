/** The pages of a fleet: all of it, and a camera that another worker has. */
export { FleetCameraPage } from './camera.js';
export { FleetPage } from './fleet.js';
