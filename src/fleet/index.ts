/** A fleet: cameras spread over workers. */
export { type Coordinator, coordinator } from './coordinator.js';
export { type FleetConfig, fleet } from './fleet.js';
export { type Member, type PlanInput, type SlotNeeds, type SlotPlan, plan } from './plan/index.js';
export { slotOf } from './slots.js';
export { CONDITIONS, type FleetCameraStatus, type FleetCondition, type FleetStatus, FleetView, type FleetWorkerStatus, fleetStatus } from './view/index.js';
export type { CameraReport, FleetCamera, FleetState, OwnedCamera, RunCamera } from './types.js';
export { writeAssignment } from './worker-protocol.js';
export { Lease } from './worker/index.js';
