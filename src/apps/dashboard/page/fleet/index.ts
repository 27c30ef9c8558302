/** The pages of a fleet: all of it, and a camera that another worker has. */
export { FleetCamera } from './camera.js';
export { FleetPage } from './fleet.js';
