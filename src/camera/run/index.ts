/** One subscription to a camera, over all its attempts. */
export type { LivenessLimits } from './watchdog.js';
export { reconnect } from './reconnect.js';
export { openRun } from './open-run.js';
export type { CameraFacts, RunHost, RunPlan } from './run-host.js';
export { Run } from './run.js';
