/** The whole fleet, as its workers report it. */
export { fleetStatus } from './fleet-status.js';
export { FleetView } from './fleet-view.js';
export { CONDITIONS, type FleetCameraStatus, type FleetCondition, type FleetStatus, type FleetWorkerStatus } from './types.js';
