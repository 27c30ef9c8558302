/** The state of the whole fleet, from the reports of its workers. */
export { fleetStatus } from './fleet-status.js';
export { FleetView } from './fleet-view.js';
export { CONDITIONS, type FleetCameraStatus, type FleetCondition, type FleetStatus, type FleetWorkerStatus } from './types.js';
