/** The entry `rxcam/fleet`: cameras spread over many machines. */
export { type Coordinator, type CoordinatorConfig, coordinator } from './coordinator.js';
export { type FleetConfig, fleet } from './fleet.js';
export type { CameraReport, FleetCamera, FleetState, OwnedCamera, RunCamera } from './types.js';
export { type FleetCameraStatus, type FleetCondition, type FleetStatus, type FleetWorkerStatus, fleetStatus } from './view/index.js';
