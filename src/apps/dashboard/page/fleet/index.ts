/** The pages of a fleet: the whole fleet, and a camera that another worker runs. */
export { FleetCameraPage } from './camera.js';
export { FleetPage } from './fleet.js';
