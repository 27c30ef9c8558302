/** One subscription to a camera, over all its attempts. */
export type { LivenessLimits } from './liveness.js';
export { linkRun, reconnect } from './reconnect.js';
export { opened } from './opened.js';
export type { CameraFacts, RunHost } from './run-host.js';
export { type Reservation, Run } from './run.js';
